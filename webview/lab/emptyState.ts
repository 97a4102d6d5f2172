import { message } from "../emptyMessage";
import { Button } from "../toolkit";

/** Without a model: what the lab does, and the first thing to do. */
export function emptyState(onBrowse: () => void): HTMLElement {
  return message(
    "beaker",
    "Make a model smaller, and win back what that costs",
    "A recipe prunes, quantizes and distils a model, step by step, on your own text. Each step is estimated before it runs, measured against the original after it, and held to the quality that you set. Everything happens on this machine; the original is never changed.",
    new Button({ label: "Choose a model…", appearance: "primary", onClick: onBrowse }),
  );
}
