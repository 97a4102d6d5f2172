/** Longest text that llama_model_kv_override carries, bytes. */
const longest = 127;

/** Cut after a whole character, and before a zero byte, where C ends a text. */
export function overrideText(text: string): string {
  const field = Buffer.alloc(longest);
  const [whole = ""] = text.split("\0", 1);
  return field.toString("utf8", 0, field.write(whole));
}
