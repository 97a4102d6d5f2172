import { HumanError } from "../../protocol/humanError";
import type { ImatrixInfo, ModelFile } from "../../protocol/model";
import type { ImportanceMatrices } from "../../services/importanceMatrices";
import { modelName } from "../../services/models/modelLibrary";
import type { Activity } from "../activity";
import { formatSecondsLeft } from "../format";
import type { StudyTexts } from "../texts/studyTexts";

/** Calibrate…: choose documents, make an importance matrix from them under a notification that can be cancelled. */
export class CalibrateFlow {
  constructor(
    private readonly matrices: ImportanceMatrices,
    private readonly texts: StudyTexts,
    private readonly activity: Activity,
  ) {}

  /** Undefined when the person stepped back. */
  async run(model: ModelFile): Promise<ImatrixInfo | undefined> {
    const chosen = await this.texts.chooseForCalibration();
    return chosen && this.activity.run(`Calibrating ${modelName(model)}`, async (report, token) => {
      for await (const event of this.matrices.calibrate(model, chosen, token)) {
        if (event.kind === "result") return event.result;
        const { chunk, totalChunks, secondsLeft } = event.progress;
        report(`chunk ${chunk} of ${totalChunks}${secondsLeft === undefined ? "" : `, ${formatSecondsLeft(secondsLeft)} left`}`, chunk / Math.max(1, totalChunks));
      }
      throw new HumanError("runtimeStopped", "The calibration ended without a result. Try again; the log tells more.");
    });
  }
}
