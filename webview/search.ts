/** Whether a text has every word of the query, in any order and case. An empty query fits every text. */
export function matcher(query: string): (text: string) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => {
    const lower = words.length > 0 ? text.toLowerCase() : "";
    return words.every((word) => lower.includes(word));
  };
}
