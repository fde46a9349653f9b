/** Returns FNV-1a of a text's UTF-16 code units: as in kernel-setup/lessons.go. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
