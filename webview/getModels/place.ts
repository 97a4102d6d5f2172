import type { GetModelsSnapshot } from "../../src/protocol/modelPanels";
import { h, icon } from "../dom";
import { formatBytes } from "../format";

export interface PlaceListeners {
  onChooseFolder(): void;
  onSignIn(): void;
  onSignOut(): void;
}

/** Where downloads go, how much room there is, and whether a token is kept. */
export class Place {
  readonly #folder = h("span", { class: "ellipsis foreign" });
  readonly #free = h("span", {});
  readonly #account = h("span", {});
  readonly #sign: HTMLButtonElement;
  readonly element: HTMLElement;
  #signedIn = false;

  constructor(listeners: PlaceListeners) {
    const change = h("button", { class: "link choose-folder", type: "button", on: { click: listeners.onChooseFolder } }, "Change…");
    this.#sign = h("button", { class: "link sign", type: "button", on: { click: () => (this.#signedIn ? listeners.onSignOut() : listeners.onSignIn()) } });
    this.element = h("div", { class: "place dim" }, h("span", { class: "place-part" }, icon("folder"), this.#folder, change), this.#free, h("span", { class: "place-part" }, icon("account"), this.#account, this.#sign));
  }

  update({ folder, freeBytes, signedIn }: GetModelsSnapshot): void {
    this.#signedIn = signedIn;
    this.#folder.textContent = folder;
    this.#folder.title = `Downloads go to ${folder}`;
    this.#free.textContent = freeBytes === undefined ? "" : `${formatBytes(freeBytes, 1)} free`;
    this.#free.hidden = freeBytes === undefined;
    this.#account.textContent = signedIn ? "Signed in" : "Not signed in";
    this.#sign.textContent = signedIn ? "Sign out" : "Sign in…";
    this.#sign.title = signedIn ? "Forgets the token" : "Needed only for repositories that are gated or private: a token is kept in the editor's secret storage";
  }
}
