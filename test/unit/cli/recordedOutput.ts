import type { Output } from "../../../src/cli/command";

/** Output as a file would have it. */
export class RecordedOutput implements Output {
  readonly live = false;
  readonly results: string[] = [];
  /** Progress and lines of stderr, in their order. */
  readonly told: string[] = [];

  result(text: string): void {
    this.results.push(text);
  }

  progress(text: string): void {
    if (text !== "") this.told.push(text);
  }

  line(text: string): void {
    this.told.push(text);
  }
}
