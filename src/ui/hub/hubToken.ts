/** A header may hold printable ASCII only: anything else is no token, but something that was pasted by mistake. */
export function tokenProblem(text: string): string | undefined {
  const token = text.trim();
  if (token === "") return "Paste a token.";
  return /^[\x21-\x7e]{1,256}$/.test(token) ? undefined : "This is no token: it has blanks or letters that a token cannot have.";
}
