"""Asks a web server for a page with requests and requests-ntlm: URL USER PASSWORD [CERTIFICATE]. Prints status and body as JSON.

Over TLS it sends the channel bindings of the server's certificate.
"""
import json
import sys

import requests
from requests_ntlm import HttpNtlmAuth

url, user, password, *certificate = sys.argv[1:]
session = requests.Session()
session.trust_env = False
session.verify = certificate[0] if certificate else True
response = session.get(url, auth=HttpNtlmAuth(user, password), timeout=20)
print(json.dumps({'status': response.status_code, 'body': response.text}))
