import { requirePeer, requireRoot, usePeer } from '../../peers/require-peer.js';
import { describeDirectory } from './samba/directory.js';
import { startDomain } from './samba/domain.js';
import { describeFiles } from './samba/files.js';
import { describeServices } from './samba/services.js';
import { describeTickets } from './samba/tickets.js';

describe('Kerberos with Active Directory, by Samba', function () {
  this.timeout(120_000);
  requirePeer('samba-ad');
  requireRoot();
  const domain = usePeer(startDomain);

  describeTickets(domain);
  describe('services', () => describeServices(domain));
  describe('LDAP', () => describeDirectory(domain));
  describe('SMB', () => describeFiles(domain));
});
