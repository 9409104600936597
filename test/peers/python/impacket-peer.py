"""Impacket's NTLM client as one end of one exchange: a JSON object per line in, one out.

Operations: init (domain, user, password, protect), step (token), seal (data), unseal (data), sesskey. Bytes are in base64.
"""
import base64
import json
import sys

from Cryptodome.Cipher import ARC4
from impacket import ntlm


class Client:
    def __init__(self, request):
        self.domain, self.user, self.password = request['domain'], request['user'], request['password']
        self.negotiate = ntlm.getNTLMSSPType1('IMPACKET', self.domain, signingRequired=request['protect'], use_ntlmv2=True)
        self.sent = self.received = 0

    def step(self, token):
        if token is None:
            return self.negotiate.getData(), False
        message, self.key = ntlm.getNTLMSSPType3(
            self.negotiate, token, self.user, self.password, self.domain, use_ntlmv2=True)
        self.flags = message['flags']
        self.sign_out, self.seal_out = self.keys('Client')
        self.sign_in, self.seal_in = self.keys('Server')
        return message.getData(), True

    def keys(self, mode):
        sealing = ntlm.SEALKEY(self.flags, self.key, mode)
        return ntlm.SIGNKEY(self.flags, self.key, mode), ARC4.new(sealing).encrypt

    def seal(self, data):
        sealed, signature = ntlm.SEAL(self.flags, self.sign_out, None, data, data, self.sent, self.seal_out)
        self.sent += 1
        return signature.getData() + sealed

    def unseal(self, message):
        plain = self.seal_in(message[16:])
        expected = ntlm.MAC(self.flags, self.seal_in, self.sign_in, self.received, plain).getData()
        if expected != message[:16]:
            raise ValueError('the signature does not match')
        self.received += 1
        return plain


def encode(data):
    return base64.b64encode(data).decode()


def decode(text):
    return None if text is None else base64.b64decode(text)


def perform(request):
    global client
    operation = request['op']
    if operation == 'init':
        client = Client(request)
        return {}
    if operation == 'step':
        token, done = client.step(decode(request.get('token')))
        return {'token': encode(token), 'done': done}
    if operation == 'seal':
        return {'data': encode(client.seal(decode(request['data'])))}
    if operation == 'unseal':
        return {'data': encode(client.unseal(decode(request['data'])))}
    if operation == 'sesskey':
        return {'key': encode(client.key if isinstance(client.key, bytes) else client.key.encode())}
    raise ValueError(operation)


for line in sys.stdin:
    try:
        answer = {'ok': True, **perform(json.loads(line))}
    except Exception as error:
        answer = {'ok': False, 'error': type(error).__name__, 'message': str(error)}
    print(json.dumps(answer), flush=True)
