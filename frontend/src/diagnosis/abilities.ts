/** What a browser must be able to do before a picture is given to this page. */

/** Says in words what is missing; nothing when all is there. */
export async function missingAbilities(): Promise<string[]> {
  const missing: string[] = [];
  if (!window.isSecureContext) missing.push('a secure connection (https, or this machine itself)');
  if (globalThis.crypto?.subtle === undefined) return [...missing, 'the browser’s own cryptography (WebCrypto)'];
  const signatures = await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'Ed25519' }, false, ['verify']).then(
    () => true,
    ({ name }: Error) => name !== 'NotSupportedError',
  );
  if (!signatures) missing.push('Ed25519 signatures');
  if (typeof OffscreenCanvas === 'undefined' || typeof createImageBitmap === 'undefined') missing.push('decoding pictures in the background');
  if (globalThis.indexedDB === undefined) missing.push('a store for the answer’s key (IndexedDB; private windows may lack it)');
  return missing;
}
