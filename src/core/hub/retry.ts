export interface RetryPolicy {
  /** Failures in a row, with no progress between them, after which it is given up. */
  readonly tries: number;
  /** Milliseconds after the first failure; doubled each time. */
  readonly first: number;
  /** Milliseconds that are waited at most. */
  readonly longest: number;
  /** The same where the server asks for it; absent means `longest`. */
  readonly longestAsked?: number;
}

/** Milliseconds to wait after so many failures (from 1), or undefined when it is time to give up. A server's own wish comes first. */
export function retryDelay(policy: RetryPolicy, failures: number, asked?: number): number | undefined {
  if (failures >= policy.tries) return undefined;
  if (asked !== undefined) return asked <= (policy.longestAsked ?? policy.longest) ? asked : undefined;
  return Math.min(policy.longest, policy.first * 2 ** (failures - 1));
}

/** Milliseconds that a Retry-After header asks for: seconds, or a date (`now` in milliseconds since 1970). Source: RFC 9110, section 10.2.3. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
