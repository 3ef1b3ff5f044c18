/** Files that were fetched before, kept by what they contain. */
import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';

const cacheName = 'inkling-models';
/** Keys of a cache are addresses; this one exists nowhere (RFC 2606). */
const keyOf = (sha256: string): string => `https://models.invalid/sha256/${sha256}`;

/** Throws OptionError unless it is a SHA-256 as 64 hexadecimal digits, which it returns in lower case. */
export function checkedHash(sha256: string): string {
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256)) return sha256.toLowerCase();
  throw new OptionError(`loadModel: sha256 must be 64 hexadecimal digits, got ${describe(sha256)}`);
}

/** Throws FormatError for content that has another hash. */
export async function checkHash(bytes: Uint8Array, sha256: string, file: string): Promise<void> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new OptionError(
      'loadModel: sha256 can be checked on pages of https alone; leave it out, or serve the page so',
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  const found = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
  if (found !== sha256) {
    throw new FormatError(
      `${file}: its content has the SHA-256 ${found}, expected ${sha256}; it is not the file meant`,
    );
  }
}

/** What was kept with that hash; undefined where nothing was, or where there is no Cache Storage, as in Node. */
export async function keptContent(sha256: string): Promise<Response | undefined> {
  return (await openCache())?.match(keyOf(sha256));
}

/** Keeps content, if there is room for it: a cache that is full is no reason to fail. */
export async function keepContent(sha256: string, bytes: Uint8Array): Promise<void> {
  const cache = await openCache();
  await cache?.put(keyOf(sha256), new Response(bytes as Uint8Array<ArrayBuffer>)).catch(() => undefined);
}

/** Browsers refuse it in private windows and on pages of http. */
async function openCache(): Promise<Cache | undefined> {
  return 'caches' in globalThis ? caches.open(cacheName).catch(() => undefined) : undefined;
}
