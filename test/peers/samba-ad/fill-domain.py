"""Puts accounts, services and groups into the domain of an smb.conf. The accounts are JSON on standard input: [{"user": .., "password": ..}, ..]."""
import json
import sys

from ldb import FLAG_MOD_REPLACE, Dn, Message, MessageElement
from samba import param
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.samdb import SamDB

parameters = param.LoadParm()
parameters.load(sys.argv[1])
domain = SamDB(url=parameters.private_path('sam.ldb'), session_info=system_session(), lp=parameters)
base = domain.domain_dn()

NORMAL_ACCOUNT = 0x200
TRUSTED_TO_AUTH_FOR_DELEGATION = 0x1000000
DONT_EXPIRE_PASSWORD = 0x10000


def change(dn, **attributes):
    """Sets attributes, each to a text, to bytes or to a list of texts."""
    modification = Message(Dn(domain, dn))
    for key, value in attributes.items():
        name = key.replace('_', '-')
        modification[name] = MessageElement(value, FLAG_MOD_REPLACE, name)
    domain.modify(modification)


def service(name, *names, encryption_types='24', **attributes):
    """An account with keys of AES, which Active Directory does not use for services without being told."""
    domain.newuser(name, 'pw-' + name)
    if encryption_types:
        attributes['msDS_SupportedEncryptionTypes'] = encryption_types
    change('CN=%s,CN=Users,%s' % (name, base), servicePrincipalName=list(names), **attributes)


def acting_for_others(name):
    """A security descriptor that lets an account act on behalf of others (resource-based constrained delegation)."""
    found = domain.search(base, expression='(sAMAccountName=%s)' % name, attrs=['objectSid'])
    sid = ndr_unpack(security.dom_sid, found[0]['objectSid'][0])
    access = 'O:BAD:(A;;0xf01ff;;;%s)' % sid
    return ndr_pack(security.descriptor.from_sddl(access, security.dom_sid(domain.get_domain_sid())))


# Passwords of tests are short, and as old as they like.
domain.set_pwdProperties('0')
domain.set_minPwdLength('4')
domain.set_minPwdAge('0')
for account in json.load(sys.stdin):
    domain.newuser(account['user'], account['password'])

# Changes the password.
domain.newuser('carol', 'pw-carol')

# Logs on by another name than the one that the account has.
domain.newuser('erika', 'pw-erika')
change('CN=erika,CN=Users,' + base, userPrincipalName='erika.mustermann@corp.example')

service(
    'websvc', 'HTTP/web.ad.example', msDS_AllowedToDelegateTo='HTTP/back.ad.example',
    userAccountControl=str(NORMAL_ACCOUNT | DONT_EXPIRE_PASSWORD | TRUSTED_TO_AUTH_FOR_DELEGATION))
service('backsvc', 'HTTP/back.ad.example')
service('filesvc', 'cifs/files.ad.example')
service('rc4svc', 'HTTP/rc4.ad.example', encryption_types=None)
service(
    'resourcesvc', 'HTTP/resource.ad.example',
    msDS_AllowedToActOnBehalfOfOtherIdentity=acting_for_others('websvc'))

controller = domain.search(base, expression='(sAMAccountName=DC1$)', attrs=['servicePrincipalName'])[0]
names = [str(name) for name in controller.get('servicePrincipalName', [])]
wanted = ['%s/%s' % (kind, host) for kind in ('ldap', 'cifs') for host in ('dc1.ad.example', 'DC1')]
change(str(controller.dn), servicePrincipalName=names + [name for name in wanted if name not in names])

DOMAIN_LOCAL_SECURITY_GROUP = 0x80000004 - 0x100000000
domain.newgroup('webusers')
domain.newgroup('weblocal', grouptype=DOMAIN_LOCAL_SECURITY_GROUP)
domain.newgroup('nested')
domain.add_remove_group_members('webusers', ['alice'])
domain.add_remove_group_members('weblocal', ['alice'])
domain.add_remove_group_members('nested', ['webusers'], member_types=['group'])
