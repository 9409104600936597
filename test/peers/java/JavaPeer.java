// Java's own Kerberos as one end of one exchange: SASL's GSSAPI, or GSS-API itself. One command in a line, words apart by blanks, and one line
// back: "ok" and its values, or "error" and why. Bytes are in base64, "-" stands for nothing.
//
//   sasl client|server SERVICE HOST QOP    QOP: auth, auth-int or auth-conf
//   gss client|server OID SERVICE@HOST FLAGS    FLAGS: those of RFC 2744, for clients: 1 deleg, 2 mutual, 8 sequence, 16 conf, 32 integ
//   step TOKEN    ok DONE TOKEN
//   wrap DATA CONF    unwrap DATA    mic DATA    verify DATA MIC
//   peer    ok NAME QOP-OR-FLAGS
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslServer;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.MessageProp;
import org.ietf.jgss.Oid;

public class JavaPeer {
  interface Peer {
    byte[] step(byte[] token) throws Exception;
    boolean done();
    byte[] wrap(byte[] data, boolean confidential) throws Exception;
    byte[] unwrap(byte[] data) throws Exception;
    String peer() throws Exception;
    default byte[] mic(byte[] data) throws Exception { throw new UnsupportedOperationException(); }
    default void verify(byte[] data, byte[] mic) throws Exception { throw new UnsupportedOperationException(); }
  }

  static class ClientOfSasl implements Peer {
    final SaslClient client;
    ClientOfSasl(String[] words) throws Exception {
      client = Sasl.createSaslClient(new String[] {"GSSAPI"}, null, words[2], words[3], properties(words[4]), callbacks -> {});
    }
    public byte[] step(byte[] token) throws Exception { return client.evaluateChallenge(token); }
    public boolean done() { return client.isComplete(); }
    public byte[] wrap(byte[] data, boolean confidential) throws Exception { return client.wrap(data, 0, data.length); }
    public byte[] unwrap(byte[] data) throws Exception { return client.unwrap(data, 0, data.length); }
    public String peer() { return "- " + client.getNegotiatedProperty(Sasl.QOP); }
  }

  static class ServerOfSasl implements Peer {
    final SaslServer server;
    ServerOfSasl(String[] words) throws Exception {
      CallbackHandler callbacks = asked -> {
        for (Callback each : asked) {
          if (each instanceof AuthorizeCallback ask) ask.setAuthorized(ask.getAuthenticationID().equals(ask.getAuthorizationID()));
        }
      };
      server = Sasl.createSaslServer("GSSAPI", words[2], words[3], properties(words[4]), callbacks);
    }
    public byte[] step(byte[] token) throws Exception { return server.evaluateResponse(token); }
    public boolean done() { return server.isComplete(); }
    public byte[] wrap(byte[] data, boolean confidential) throws Exception { return server.wrap(data, 0, data.length); }
    public byte[] unwrap(byte[] data) throws Exception { return server.unwrap(data, 0, data.length); }
    public String peer() { return server.getAuthorizationID() + " " + server.getNegotiatedProperty(Sasl.QOP); }
  }

  static Map<String, Object> properties(String qop) {
    return Map.of(Sasl.QOP, qop, Sasl.SERVER_AUTH, "true");
  }

  static class OfGss implements Peer {
    static final int[] BITS = {1, 2, 4, 8, 16, 32};
    final GSSContext context;
    final boolean client;
    OfGss(String[] words) throws Exception {
      GSSManager manager = GSSManager.getInstance();
      Oid mechanism = new Oid(words[2]);
      client = words[1].equals("client");
      if (!client) {
        context = manager.createContext(manager.createCredential(null, GSSCredential.DEFAULT_LIFETIME, mechanism, GSSCredential.ACCEPT_ONLY));
        return;
      }
      GSSName target = manager.createName(words[3], GSSName.NT_HOSTBASED_SERVICE);
      context = manager.createContext(target, mechanism, null, GSSContext.DEFAULT_LIFETIME);
      int flags = Integer.parseInt(words[4]);
      context.requestCredDeleg((flags & 1) != 0);
      context.requestMutualAuth((flags & 2) != 0);
      context.requestReplayDet((flags & 4) != 0);
      context.requestSequenceDet((flags & 8) != 0);
      context.requestConf((flags & 16) != 0);
      context.requestInteg((flags & 32) != 0);
    }
    public byte[] step(byte[] token) throws Exception {
      return client ? context.initSecContext(token, 0, token.length) : context.acceptSecContext(token, 0, token.length);
    }
    public boolean done() { return context.isEstablished(); }
    public byte[] wrap(byte[] data, boolean confidential) throws Exception {
      return context.wrap(data, 0, data.length, new MessageProp(0, confidential));
    }
    public byte[] unwrap(byte[] data) throws Exception { return context.unwrap(data, 0, data.length, new MessageProp(0, false)); }
    public byte[] mic(byte[] data) throws Exception { return context.getMIC(data, 0, data.length, new MessageProp(0, false)); }
    public void verify(byte[] data, byte[] mic) throws Exception {
      context.verifyMIC(mic, 0, mic.length, data, 0, data.length, new MessageProp(0, false));
    }
    public String peer() throws Exception {
      boolean[] set = {
        context.getCredDelegState(), context.getMutualAuthState(), context.getReplayDetState(), context.getSequenceDetState(),
        context.getConfState(), context.getIntegState()
      };
      int flags = 0;
      for (int n = 0; n < set.length; n++) if (set[n]) flags |= BITS[n];
      String delegated = !client && context.getCredDelegState() ? context.getDelegCred().getName().toString() : "-";
      return context.getSrcName() + " " + flags + " " + delegated;
    }
  }

  static Peer peer;

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line; (line = lines.readLine()) != null; ) {
      String answer;
      try {
        answer = "ok " + run(line.split(" "));
      } catch (Throwable error) {
        StringBuilder why = new StringBuilder("error");
        for (Throwable each = error; each != null; each = each.getCause()) why.append(' ').append(each);
        answer = why.toString().replaceAll("\\s+", " ");
      }
      System.out.println(answer);
      System.out.flush();
    }
  }

  static String run(String[] words) throws Exception {
    switch (words[0]) {
      case "sasl":
        peer = words[1].equals("client") ? new ClientOfSasl(words) : new ServerOfSasl(words);
        return "";
      case "gss":
        peer = new OfGss(words);
        return "";
      case "step":
        byte[] token = peer.step(bytes(words[1]));
        return peer.done() + " " + text(token);
      case "wrap":
        return text(peer.wrap(bytes(words[1]), words[2].equals("true")));
      case "unwrap":
        return text(peer.unwrap(bytes(words[1])));
      case "mic":
        return text(peer.mic(bytes(words[1])));
      case "verify":
        peer.verify(bytes(words[1]), bytes(words[2]));
        return "";
      case "peer":
        return peer.peer();
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }

  static byte[] bytes(String word) { return word.equals("-") ? new byte[0] : Base64.getDecoder().decode(word); }

  static String text(byte[] data) { return data == null || data.length == 0 ? "-" : Base64.getEncoder().encodeToString(data); }
}
