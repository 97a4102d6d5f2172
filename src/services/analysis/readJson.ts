/** Members of what a model wrote; whatever has another type counts as missing. */
export function textOf(value: unknown, name: string): string {
  return proseOf(value, name).replace(/\s+/g, " ");
}

/** With its line breaks. */
export function proseOf(value: unknown, name: string): string {
  const member = memberOf(value, name);
  return typeof member === "string" ? member.trim() : "";
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
