/**
 * The OEM character set of peers without Unicode ([MS-NLMP] 2.2.2.5, B). Which one they mean is not on the wire: this is code page 850,
 * which Western versions of Windows have and Samba takes by default. All agree on ASCII.
 */
export function decodeOem(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : UPPER_HALF[byte - 0x80];
  return text;
}

/** Undefined where a character is not in the set. */
export function encodeOem(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const byte = code < 0x80 ? code : UPPER_HALF.indexOf(text.charAt(i)) + 0x80;
    if (byte < 0x80 && code >= 0x80) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** 0x80 to 0xff. */
const UPPER_HALF =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
