/**
 * Whether a name that a file holds leads out of the archive or folder that it is in, on any system: a backslash separates
 * folders on Windows, and a colon ends the name of a disk.
 */
export function isOutside(name: string): boolean {
  const parts = name.replaceAll('\\', '/').split('/');
  return (
    name === '' || parts[0] === '' || parts.includes('..') || /^[a-z][a-z0-9+.-]*:/i.test(name) || name.includes('\0')
  );
}
