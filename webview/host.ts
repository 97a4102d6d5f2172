import type { Port } from "../src/protocol/messenger";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

declare global {
  interface Window {
    /** What the content security policy refused and what threw: read by the end-to-end tests. */
    __violations?: string[];
  }
}

/** The editor's side of a panel: a port for the messenger and a drawer for the view's own state. */
export interface Host<S> extends Port {
  /** The state kept from before the panel was hidden, when it has the right form. */
  restore(isState: (value: unknown) => value is S): S | undefined;
  keep(state: S): void;
}

export function connectHost<S>(): Host<S> {
  recordViolations();
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    onMessage(listener) {
      const receive = (event: MessageEvent<unknown>): void => listener(event.data);
      window.addEventListener("message", receive);
      return () => window.removeEventListener("message", receive);
    },
    restore(isState) {
      const state = api.getState();
      return isState(state) ? state : undefined;
    },
    keep: (state) => api.setState(state),
  };
}

/** Tests wait for this mark: the first snapshot is on the screen. */
export function markReady(): void {
  document.body.dataset["ready"] = "1";
}

function recordViolations(): void {
  const violations: string[] = [];
  window.__violations = violations;
  document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
  window.addEventListener("error", (event) => violations.push(`error ${event.message}`));
  window.addEventListener("unhandledrejection", (event) => violations.push(`rejection ${String(event.reason)}`));
}
