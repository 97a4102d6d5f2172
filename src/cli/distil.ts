import { HumanError } from "../protocol/humanError";
import { type Command, onePositional, optionalPath, requireText } from "./command";
import { runTraining } from "./lab/runTraining";
import { textsOf } from "./lab/labText";
import { adapterDetails, adapterOptions, adapterSettings, teacherDetails, trainDetails, trainOptions, trainSettings } from "./lab/trainOptions";
import { trainingOutput } from "./lab/trainingOutput";
import { modelFor } from "./studyOptions";

export const distil: Command = {
  name: "distil",
  usage: "distil STUDENT --teacher T --text F… [--adapter [--rank R] [--alpha A] [--targets a,b]] [--epochs N] [--out F] [--restart]",
  summary: "Let a model learn from a better one on your text: all its weights, or an adapter beside a quantized model",
  details: [
    "  --teacher T           model whose distributions are learnt; of the student's vocabulary",
    "  --text F|DIR          text to learn on, or a folder of texts; may be given several times",
    "  --adapter             an adapter learns and the model stays as it is: for quantized students",
    ...adapterDetails, ...trainDetails, ...teacherDetails,
    "  --out F               the result; without it beside the student",
  ],
  options: { ...trainOptions, ...adapterOptions, teacher: { type: "string" }, text: { type: "string", multiple: true }, adapter: { type: "boolean" } },
  async run(invocation) {
    const { options } = invocation;
    const asked = onePositional(invocation, "student");
    const teacherPath = requireText(invocation, "teacher", "original-F16.gguf");
    const withAdapter = options.adapter === true;
    if (!withAdapter) for (const option of Object.keys(adapterOptions)) if (options[option] !== undefined) throw new HumanError("badArgument", `--${option} goes with --adapter.`);
    const texts = await textsOf(invocation);
    if (texts.length === 0) throw new HumanError("badArgument", "--text is missing: give the text to learn on, e.g. --text contracts/.");
    const [student, teacher] = [await modelFor(invocation, asked), await modelFor(invocation, teacherPath)];
    const adapter = withAdapter ? await adapterSettings(invocation, student) : undefined;
    const settings = trainSettings(invocation, "distil", adapter ? "adapter" : "all", student.contextLength);
    const output = trainingOutput(invocation, student, optionalPath(invocation, "out"), "distil", adapter !== undefined);
    await runTraining(invocation, { student, teacher, data: { kind: "texts", texts }, ...(adapter && { adapter }), settings, output, restart: options.restart === true });
  },
};
