"""Heimdal's libgssapi as one end of one exchange of Kerberos: a JSON object per line in, one out, as gss/gss-peer.py does with MIT's.

Operations: init (role, mech, name, flags, bindings), step (token), wrap (data, conf), unwrap (data), mic (data), verify (data, mic), sesskey.
Bytes are in base64. There is no Python module for this library, so its functions are called by their C interface (RFC 2744).
"""
import base64
import ctypes
import json
import sys

LIBRARY = ctypes.CDLL('libgssapi.so.3')
Status = ctypes.c_uint32


class Buffer(ctypes.Structure):
    _fields_ = [('length', ctypes.c_size_t), ('value', ctypes.c_void_p)]


class Oid(ctypes.Structure):
    _fields_ = [('length', ctypes.c_uint32), ('elements', ctypes.c_char_p)]


class BufferSet(ctypes.Structure):
    _fields_ = [('count', ctypes.c_size_t), ('elements', ctypes.POINTER(Buffer))]


class ChannelBindings(ctypes.Structure):
    _fields_ = [
        ('initiator_type', ctypes.c_uint32), ('initiator', Buffer),
        ('acceptor_type', ctypes.c_uint32), ('acceptor', Buffer), ('application', Buffer)]


def oid(octets):
    return Oid(len(octets), octets)


MECHANISMS = {'krb5': oid(bytes.fromhex('2a864886f712010202')), 'spnego': oid(bytes.fromhex('2b0601050502'))}
HOST_BASED_SERVICE = oid(bytes.fromhex('2a864886f71201020104'))
SESSION_KEY = oid(bytes.fromhex('2a864886f7120102020505'))
FLAGS = {
    'delegate_to_peer': 1, 'mutual_authentication': 2, 'replay_detection': 4, 'out_of_sequence_detection': 8,
    'confidentiality': 16, 'integrity': 32, 'dce_style': 0x1000}
CONTINUE_NEEDED = 1
ERRORS = 0xffff0000
GSS_STATUS, MECHANISM_STATUS = 1, 2


class GSSError(Exception):
    pass


def encode(data):
    return None if data is None else base64.b64encode(data).decode()


def decode(text):
    return b'' if text is None else base64.b64decode(text)


def buffer_of(data):
    """Keeps the bytes alive as long as the buffer is."""
    buffer = Buffer(len(data), ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p))
    buffer.kept = data
    return buffer


def take(buffer):
    data = ctypes.string_at(buffer.value, buffer.length) if buffer.length else b''
    LIBRARY.gss_release_buffer(ctypes.byref(Status()), ctypes.byref(buffer))
    return data


def text_of(status, kind):
    text, more = Buffer(), Status(0)
    LIBRARY.gss_display_status(
        ctypes.byref(Status()), Status(status), kind, ctypes.byref(MECHANISMS['krb5']), ctypes.byref(more), ctypes.byref(text))
    return take(text).decode('utf-8', 'replace')


def call(function, *arguments):
    """Calls one of GSS-API's functions; their first argument is where the minor status goes."""
    minor = Status()
    major = getattr(LIBRARY, function)(ctypes.byref(minor), *arguments) & 0xffffffff
    if major & ERRORS:
        raise GSSError('%s: %s, %s' % (function, text_of(major, GSS_STATUS), text_of(minor.value, MECHANISM_STATUS)))
    return major


class Context:
    def __init__(self, request):
        self.role = request['role']
        self.mechanism = MECHANISMS[request['mech']]
        self.handle, self.name, self.flags = ctypes.c_void_p(), ctypes.c_void_p(), Status()
        self.wanted = sum(FLAGS[name] for name in request.get('flags') or [])
        self.bindings = None
        if request.get('bindings') is not None:
            self.bindings = ChannelBindings(application=buffer_of(decode(request['bindings'])))
            self.bindings.kept = request['bindings']
        if self.role == 'client':
            name = buffer_of(request['name'].encode())
            call('gss_import_name', ctypes.byref(name), ctypes.byref(HOST_BASED_SERVICE), ctypes.byref(self.name))

    def step(self, request):
        token, made, source, chosen = buffer_of(decode(request.get('token'))), Buffer(), ctypes.c_void_p(), ctypes.POINTER(Oid)()
        bindings = ctypes.byref(self.bindings) if self.bindings else None
        delegated = ctypes.c_void_p()
        if self.role == 'client':
            major = call(
                'gss_init_sec_context', None, ctypes.byref(self.handle), self.name, ctypes.byref(self.mechanism),
                Status(self.wanted), Status(0), bindings, ctypes.byref(token), ctypes.byref(chosen), ctypes.byref(made),
                ctypes.byref(self.flags), None)
        else:
            major = call(
                'gss_accept_sec_context', ctypes.byref(self.handle), None, ctypes.byref(token), bindings,
                ctypes.byref(source), ctypes.byref(chosen), ctypes.byref(made), ctypes.byref(self.flags), None,
                ctypes.byref(delegated))
        answer = {'token': encode(take(made) or None), 'done': not major & CONTINUE_NEEDED}
        if answer['done']:
            answer['mech'] = chosen.contents.elements[:chosen.contents.length].hex()
            answer['flags'] = [name for name, bit in FLAGS.items() if self.flags.value & bit]
            if source:
                answer['initiator'] = self.display(source)
            answer['delegated'] = bool(delegated)
        return answer

    def display(self, name):
        text = Buffer()
        call('gss_display_name', name, ctypes.byref(text), None)
        return take(text).decode()

    def wrap(self, request):
        data, made, encrypted = buffer_of(decode(request['data'])), Buffer(), ctypes.c_int()
        call('gss_wrap', self.handle, int(request['conf']), 0, ctypes.byref(data), ctypes.byref(encrypted), ctypes.byref(made))
        return {'data': encode(take(made)), 'encrypted': bool(encrypted)}

    def unwrap(self, request):
        data, made, encrypted = buffer_of(decode(request['data'])), Buffer(), ctypes.c_int()
        call('gss_unwrap', self.handle, ctypes.byref(data), ctypes.byref(made), ctypes.byref(encrypted), None)
        return {'data': encode(take(made)), 'encrypted': bool(encrypted)}

    def mic(self, request):
        data, made = buffer_of(decode(request['data'])), Buffer()
        call('gss_get_mic', self.handle, 0, ctypes.byref(data), ctypes.byref(made))
        return {'mic': encode(take(made))}

    def verify(self, request):
        data, mic = buffer_of(decode(request['data'])), buffer_of(decode(request['mic']))
        call('gss_verify_mic', self.handle, ctypes.byref(data), ctypes.byref(mic), None)
        return {}

    def sesskey(self, request):
        found = ctypes.POINTER(BufferSet)()
        call('gss_inquire_sec_context_by_oid', self.handle, ctypes.byref(SESSION_KEY), ctypes.byref(found))
        first = found.contents.elements[0]
        return {'key': encode(ctypes.string_at(first.value, first.length))}


def main():
    context = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['op'] == 'init':
                context = Context(request)
                answer = {}
            else:
                answer = getattr(context, request['op'])(request)
            answer['ok'] = True
        except Exception as error:
            answer = {'ok': False, 'error': type(error).__name__, 'message': str(error)}
        print(json.dumps(answer), flush=True)


main()
