"""Impacket's SMB server with accounts and one share.

Usage: impacket-smb-server.py PORT FOLDER ACCOUNTS, the last a file with a JSON list of users and passwords.
"""
import json
import sys

from impacket import ntlm, smbserver

port, folder, accounts = sys.argv[1:]
server = smbserver.SimpleSMBServer(listenAddress='127.0.0.1', listenPort=int(port))
with open(accounts, encoding='utf-8') as file:
    for account in json.load(file):
        nt_hash = ntlm.compute_nthash(account['password']).hex()
        # It looks users up in lower case.
        server.addCredential(account['user'].lower(), 0, '', nt_hash)
server.addShare('SHARE', folder)
server.setSMB2Support(True)
server.start()
