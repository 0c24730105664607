/** A new operation: 128 random bits as 22 characters of base64url. One a gesture; the same one when it is sent again. */
export function newOp(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
}
