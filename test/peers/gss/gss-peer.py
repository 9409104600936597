"""MIT's libgssapi, and the mechanisms installed for it, as one end of one exchange: a JSON object per line in, one out.

Operations: init (role, mech, mechs, name, user, password, flags, bindings), step (token), wrap (data, conf), unwrap (data),
wrap_iov (data), unwrap_iov (header, data), mic (data), verify (data, mic), sesskey. Bytes are in base64.
"""
import base64
import json
import sys

import gssapi
from gssapi import raw

MECHANISMS = {
    'krb5': gssapi.OID.from_int_seq('1.2.840.113554.1.2.2'),
    'spnego': gssapi.OID.from_int_seq('1.3.6.1.5.5.2'),
    'ntlm': gssapi.OID.from_int_seq('1.3.6.1.4.1.311.2.2.10'),
}
SESSION_KEY = gssapi.OID.from_int_seq('1.2.840.113554.1.2.2.5.5')


def encode(data):
    return None if data is None else base64.b64encode(data).decode()


def decode(text):
    return None if text is None else base64.b64decode(text)


def client_credentials(request, mechanism, offered):
    user, password = request.get('user'), request.get('password')
    if user is None:
        return None
    name = gssapi.Name(user, gssapi.NameType.user)
    if password is None:
        credentials = gssapi.Credentials(name=name, usage='initiate', mechs=[mechanism])
    else:
        acquired = raw.acquire_cred_with_password(name, password.encode(), mechs=[mechanism], usage='initiate')
        credentials = gssapi.Credentials(base=acquired.creds)
    if offered:
        raw.set_neg_mechs(credentials, offered)
    return credentials


def server_credentials(mechanism, offered):
    if not offered:
        return None
    credentials = gssapi.Credentials(usage='accept', mechs=[mechanism])
    raw.set_neg_mechs(credentials, offered)
    return credentials


def init(request):
    mechanism = MECHANISMS[request['mech']]
    offered = [MECHANISMS[name] for name in request.get('mechs') or []]
    bindings = request.get('bindings')
    channel = None if bindings is None else raw.ChannelBindings(application_data=decode(bindings))
    if request['role'] == 'server':
        return gssapi.SecurityContext(
            creds=server_credentials(mechanism, offered), usage='accept', channel_bindings=channel)
    flags = [getattr(raw.RequirementFlag, name) for name in request['flags']]
    target = gssapi.Name(request['name'], gssapi.NameType.hostbased_service)
    return gssapi.SecurityContext(
        name=target, creds=client_credentials(request, mechanism, offered), usage='initiate', mech=mechanism,
        flags=flags, channel_bindings=channel)


def step(context, request):
    token = context.step(decode(request.get('token')))
    answer = {'token': encode(token), 'done': context.complete}
    if context.complete:
        answer['mech'] = context.mech.dotted_form
        answer['flags'] = [flag.name for flag in raw.RequirementFlag if flag in context.actual_flags]
        if context.usage == 'accept':
            # gss-ntlmssp counts the NUL behind the name.
            answer['initiator'] = str(context.initiator_name).rstrip('\0')
    return answer


def wrap(context, request):
    wrapped = context.wrap(decode(request['data']), request['conf'])
    return {'data': encode(wrapped.message), 'encrypted': wrapped.encrypted}


def unwrap(context, request):
    unwrapped = context.unwrap(decode(request['data']))
    return {'data': encode(unwrapped.message), 'encrypted': unwrapped.encrypted}


def wrap_iov(context, request):
    """As DCE's remote procedure calls do: what stands around the data is one piece."""
    kinds = raw.IOVBufferType
    buffers = raw.IOV(kinds.header, decode(request['data']), std_layout=False)
    raw.wrap_iov(context, buffers, confidential=request['conf'], qop=None)
    return {'header': encode(buffers[0].value), 'data': encode(buffers[1].value)}


def unwrap_iov(context, request):
    kinds = raw.IOVBufferType
    header, data = decode(request['header']), decode(request['data'])
    buffers = raw.IOV((kinds.header, False, header), (kinds.data, False, data), std_layout=False)
    result = raw.unwrap_iov(context, buffers)
    return {'data': encode(buffers[1].value), 'encrypted': result.encrypted}


def mic(context, request):
    return {'mic': encode(context.get_signature(decode(request['data'])))}


def verify(context, request):
    context.verify_signature(decode(request['data']), decode(request['mic']))
    return {}


def sesskey(context, request):
    return {'key': encode(raw.inquire_sec_context_by_oid(context, SESSION_KEY)[0])}


OPERATIONS = {
    'step': step, 'wrap': wrap, 'unwrap': unwrap, 'wrap_iov': wrap_iov, 'unwrap_iov': unwrap_iov, 'mic': mic,
    'verify': verify, 'sesskey': sesskey}


def main():
    context = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['op'] == 'init':
                context = init(request)
                answer = {}
            else:
                answer = OPERATIONS[request['op']](context, request)
            answer['ok'] = True
        except Exception as error:
            answer = {'ok': False, 'error': type(error).__name__, 'message': str(error)}
        print(json.dumps(answer), flush=True)


main()
