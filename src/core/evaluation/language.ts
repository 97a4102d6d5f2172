/**
 * Nats per byte of text that general-purpose compressors reach on prose (gzip: about 2.9 bits, Mahoney's large text
 * benchmark). A model that needs more has not learned the language.
 */
const compressor = 2;

/**
 * One sentence when a model foretells a text worse than a file compressor would, else undefined.
 * `nll` is its mean negative log-likelihood in nats per token; the text has so many tokens and bytes of UTF-8.
 */
export function languageWarning(name: string, nll: number, tokens: number, bytes: number): string | undefined {
  const perByte = (nll * tokens) / bytes;
  if (!(perByte > compressor)) return undefined;
  return `${name} foretells this text worse than a file compressor would: it hardly knows the text's language, so these figures say little about how well it works.`;
}
