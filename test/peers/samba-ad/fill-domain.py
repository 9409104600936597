"""Puts the accounts of the tests, given as JSON on standard input, into the domain of an smb.conf: [{"user": .., "password": ..}, ..]."""
import json
import sys

from samba import param
from samba.auth import system_session
from samba.samdb import SamDB

parameters = param.LoadParm()
parameters.load(sys.argv[1])
domain = SamDB(url=parameters.private_path('sam.ldb'), session_info=system_session(), lp=parameters)
# Passwords of tests are short, and as old as they like.
domain.set_pwdProperties('0')
domain.set_minPwdLength('4')
domain.set_minPwdAge('0')
for account in json.load(sys.stdin):
    domain.newuser(account['user'], account['password'])
domain.newuser('websvc', 'pw-websvc')
domain.modify_ldif('''
dn: CN=websvc,CN=Users,%s
changetype: modify
add: servicePrincipalName
servicePrincipalName: HTTP/web.ad.example
-
replace: msDS-SupportedEncryptionTypes
msDS-SupportedEncryptionTypes: 24
''' % domain.domain_dn())
