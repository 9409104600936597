import { NdrReader } from './ndr-reader.js';
import { decodePac } from './pac-error.js';

/** A group by its number in a domain ([MS-PAC] 2.2.2). */
export interface GroupMembership {
  readonly rid: number;
  /** SE_GROUP bits. */
  readonly attributes: number;
}

export interface SidAndAttributes {
  readonly sid: string;
  readonly attributes: number;
}

/** KERB_VALIDATION_INFO ([MS-PAC] 2.5): what the domain knows about a user. Times are FILETIMEs. */
export interface LogonInfo {
  readonly logonTime: bigint;
  readonly logoffTime: bigint;
  readonly kickOffTime: bigint;
  readonly passwordLastSet: bigint;
  readonly passwordCanChange: bigint;
  readonly passwordMustChange: bigint;
  readonly effectiveName: string;
  readonly fullName: string;
  readonly logonScript: string;
  readonly profilePath: string;
  readonly homeDirectory: string;
  readonly homeDirectoryDrive: string;
  readonly logonCount: number;
  readonly badPasswordCount: number;
  readonly userId: number;
  readonly primaryGroupId: number;
  readonly groups: readonly GroupMembership[];
  readonly userFlags: number;
  readonly logonServer: string;
  readonly logonDomainName: string;
  readonly logonDomainId: string | undefined;
  readonly userAccountControl: number;
  readonly extraSids: readonly SidAndAttributes[];
  readonly resourceGroupDomainSid: string | undefined;
  readonly resourceGroups: readonly GroupMembership[];
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeLogonInfo(bytes: Uint8Array): LogonInfo {
  return decodePac('KERB_VALIDATION_INFO', () => readLogonInfo(new NdrReader(bytes)));
}

/** The structure first, then what its pointers lead to, in their order. */
function readLogonInfo(ndr: NdrReader): LogonInfo {
  const times = {
    logonTime: ndr.fileTime(),
    logoffTime: ndr.fileTime(),
    kickOffTime: ndr.fileTime(),
    passwordLastSet: ndr.fileTime(),
    passwordCanChange: ndr.fileTime(),
    passwordMustChange: ndr.fileTime(),
  };
  const names = [1, 2, 3, 4, 5, 6].map(() => ndr.deferredString());
  const counts = { logonCount: ndr.u16(), badPasswordCount: ndr.u16(), userId: ndr.u32(), primaryGroupId: ndr.u32() };
  const groupCount = ndr.u32();
  const groupsAt = ndr.u32();
  const userFlags = ndr.u32();
  // UserSessionKey is zeros in Kerberos.
  ndr.bytes(16);
  const serverNames = [ndr.deferredString(), ndr.deferredString()];
  const domainAt = ndr.u32();
  ndr.bytes(8);
  const userAccountControl = ndr.u32();
  ndr.bytes(28);
  const sidCount = ndr.u32();
  const sidsAt = ndr.u32();
  const resourceDomainAt = ndr.u32();
  const resourceCount = ndr.u32();
  const resourcesAt = ndr.u32();

  const [effectiveName, fullName, logonScript, profilePath, homeDirectory, homeDirectoryDrive] = names.map(name =>
    ndr.string(name),
  ) as [string, string, string, string, string, string];
  const groups = ndr.array(groupsAt, groupCount, 8, () => readGroup(ndr));
  const [logonServer, logonDomainName] = serverNames.map(name => ndr.string(name)) as [string, string];
  const logonDomainId = ndr.sid(domainAt);
  const extras = ndr.array(sidsAt, sidCount, 8, () => ({ pointer: ndr.u32(), attributes: ndr.u32() }));
  const extraSids = extras.flatMap(({ pointer, attributes }) => {
    const sid = ndr.sid(pointer);
    return sid === undefined ? [] : [{ sid, attributes }];
  });
  const resourceGroupDomainSid = ndr.sid(resourceDomainAt);
  const resourceGroups = ndr.array(resourcesAt, resourceCount, 8, () => readGroup(ndr));
  return {
    ...times,
    ...counts,
    effectiveName,
    fullName,
    logonScript,
    profilePath,
    homeDirectory,
    homeDirectoryDrive,
    groups,
    userFlags,
    logonServer,
    logonDomainName,
    logonDomainId,
    userAccountControl,
    extraSids,
    resourceGroupDomainSid,
    resourceGroups,
  };
}

function readGroup(ndr: NdrReader): GroupMembership {
  return { rid: ndr.u32(), attributes: ndr.u32() };
}
