const mostCharacters = 60;

/** A name from a file as a sentence can hold it: cut, and without control characters. */
export function brief(name: string): string {
  const plain = name.slice(0, mostCharacters + 1).replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
  return plain.length > mostCharacters ? `${plain.slice(0, mostCharacters)}…` : plain;
}
