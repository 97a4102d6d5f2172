import { Requester } from "../src/protocol/messenger";
import { type Host, connectHost, markReady } from "./host";
import { registerToolkit } from "./toolkit";

/** What a panel draws in and talks through. */
export interface Panel<Requests, Event, State> {
  readonly root: HTMLElement;
  readonly host: Host<State>;
  readonly requester: Requester<Requests, Event>;
}

/** Connects to the host; `onEvent` hears what it tells. */
export function startPanel<Requests, Event, State = undefined>(onEvent: (event: Event) => void): Panel<Requests, Event, State> {
  const host = connectHost<State>();
  registerToolkit();
  const root = document.querySelector<HTMLElement>("#app") ?? document.body;
  return { root, host, requester: new Requester<Requests, Event>(host, onEvent) };
}

/** Shows the first snapshot, or why there is none. */
export function showFirst<Snapshot>(snapshot: Promise<Snapshot>, view: { show(snapshot: Snapshot): void; fail(error: unknown): void }): void {
  snapshot
    .then((first) => view.show(first))
    .catch((error: unknown) => view.fail(error))
    .finally(markReady);
}
