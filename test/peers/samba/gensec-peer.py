"""Samba's GENSEC (NTLMSSP, SPNEGO, Kerberos, SASL) as one end of one exchange: a JSON object per line in, one out.

Operations: init (role, conf, options, mech, domain, user, password, host, service, kerberos, features), step (token), wrap (data),
unwrap (data), sign (data), check (data, signature), sesskey, features. Bytes are in base64.
"""
import base64
import json
import sys

from samba import auth, gensec, param
from samba import credentials as samba_credentials

KERBEROS = {
    'no': samba_credentials.DONT_USE_KERBEROS,
    'auto': samba_credentials.AUTO_USE_KERBEROS,
    'must': samba_credentials.MUST_USE_KERBEROS,
}
# Features that Python has no name for; source: auth/gensec/gensec.h.
FEATURES = {'LDAP_STYLE': 0x400}
# GENSEC keeps bare pointers to what it is given: nothing of that may be collected.
KEPT = []


def keep(value):
    KEPT.append(value)
    return value


def encode(data):
    return None if data is None else base64.b64encode(data).decode()


def decode(text):
    return b'' if text is None else base64.b64decode(text)


def settings(request):
    parameters = keep(param.LoadParm())
    parameters.load(request['conf'])
    for name, value in (request.get('options') or {}).items():
        parameters.set(name, value)
    return parameters


def client(request, parameters, credentials):
    credentials.set_username(request['user'])
    credentials.set_domain(request['domain'])
    credentials.set_password(request['password'])
    credentials.set_kerberos_state(KERBEROS[request['kerberos']])
    if request['kerberos'] != 'no':
        credentials.set_realm(parameters.get('realm'))
    context = gensec.Security.start_client({'lp_ctx': parameters, 'target_hostname': request['host']})
    context.set_target_hostname(request['host'])
    context.set_target_service(request['service'])
    return context


def server(parameters, credentials):
    context = keep(auth.AuthContext(lp_ctx=parameters))
    credentials.set_machine_account(parameters)
    names = keep({'lp_ctx': parameters, 'target_hostname': parameters.get('netbios name')})
    return gensec.Security.start_server(names, context)


def init(request):
    keep(request)
    parameters = settings(request)
    credentials = keep(samba_credentials.Credentials())
    credentials.guess(parameters)
    if request['role'] == 'client':
        context = client(request, parameters, credentials)
    else:
        context = server(parameters, credentials)
    context.set_credentials(credentials)
    if request.get('most'):
        context.set_max_update_size(request['most'])
    for feature in request['features']:
        context.want_feature(FEATURES.get(feature) or getattr(gensec, 'FEATURE_' + feature))
    mechanism = request['mech']
    if mechanism.startswith('sasl:'):
        context.start_mech_by_sasl_name(mechanism[5:])
    else:
        context.start_mech_by_name(mechanism)
    return keep(context)


def step(context, request):
    done, token = context.update(decode(request.get('token')))
    return {'done': bool(done), 'token': encode(token)}


def wrap(context, request):
    return {'data': encode(context.wrap(decode(request['data'])))}


def unwrap(context, request):
    return {'data': encode(context.unwrap(decode(request['data'])))}


def sign(context, request):
    data = decode(request['data'])
    return {'signature': encode(context.sign_packet(data, data))}


def check(context, request):
    data = decode(request['data'])
    context.check_packet(data, data, decode(request['signature']))
    return {}


def sesskey(context, request):
    return {'key': encode(context.session_key())}


def features(context, request):
    names = ('SIGN', 'SEAL', 'SESSION_KEY')
    return {'features': [name for name in names if context.have_feature(getattr(gensec, 'FEATURE_' + name))]}


OPERATIONS = {
    'step': step, 'wrap': wrap, 'unwrap': unwrap, 'sign': sign, 'check': check, 'sesskey': sesskey, 'features': features,
}


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
