import { DerReader } from '../../../bytes/der/der-reader.js';
import { derObjectIdentifier, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { DER_TAG } from '../../../bytes/der/tags.js';
import { InvalidEncodingError } from '../../../bytes/errors.js';

/**
 * `MechTypeList ::= SEQUENCE OF MechType` (RFC 4178 4.1): mechanisms in the initiator's order of preference. Its bytes are kept as they
 * were sent, because mechListMIC is made of them (RFC 4178 5).
 */
export interface MechTypeList {
  /** Object identifiers in dotted form; at least one. */
  readonly oids: readonly string[];
  readonly encoding: Uint8Array;
}

export function mechTypeList(oids: readonly string[]): MechTypeList {
  return { oids, encoding: encodeDer(derSequence(...oids.map(derObjectIdentifier))) };
}

/** Reads a list of one to {@link MOST_MECHANISMS} mechanisms. */
export function readMechTypeList(reader: DerReader): MechTypeList {
  const { tag, content, encoding } = reader.element();
  if (tag !== DER_TAG.SEQUENCE) throw new InvalidEncodingError('the list of mechanisms is no SEQUENCE');
  const elements = new DerReader(content);
  const oids: string[] = [];
  while (elements.remaining > 0) {
    if (oids.length === MOST_MECHANISMS)
      throw new InvalidEncodingError(`there are more than ${MOST_MECHANISMS} mechanisms`);
    oids.push(elements.objectIdentifier());
  }
  if (oids.length === 0) throw new InvalidEncodingError('the list of mechanisms is empty');
  return { oids, encoding: Uint8Array.from(encoding) };
}

/** Far more than there are. */
const MOST_MECHANISMS = 64;
