/** What a Content-Range header says of the bytes that follow. Source: RFC 9110, section 14.4. */
export interface ContentRange {
  /** First byte. */
  readonly from: number;
  /** Last byte. */
  readonly to: number;
  /** Of the whole file, where it is told. */
  readonly total?: number;
}

export function contentRangeOf(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header?.trim() ?? "");
  if (!match) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from > to ? undefined : { from, to, ...(match[3] !== "*" && { total: Number(match[3]) }) };
}
