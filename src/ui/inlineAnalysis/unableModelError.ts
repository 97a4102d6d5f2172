import { HumanError } from "../../protocol/humanError";

/** The model that was chosen for a document cannot write or answer; shown with the action that chooses another. */
export class UnableModelError extends HumanError {
  constructor(sentence: string) {
    super("unsupported", sentence);
    this.name = "UnableModelError";
  }
}
