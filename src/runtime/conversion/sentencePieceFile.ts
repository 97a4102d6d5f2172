import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type Piece, type SentencePieceModel, tokenTypes } from "../../core/conversion/tokenizer/vocabulary";

/** More than any tokenizer has. */
const mostPieces = 4_000_000;

/**
 * A tokenizer.model; undefined for bytes that are none (some models keep another thing under this name).
 * Source: sentencepiece_model.proto of google/sentencepiece, fields by number.
 */
export function parseSentencePiece(bytes: Uint8Array): SentencePieceModel | undefined {
  try {
    const reader = new BinaryReader(bytes);
    const pieces: Piece[] = [];
    let modelType = 1;
    while (reader.pos < reader.len) {
      const [field, wire] = reader.tag();
      if (field === 1 && wire === 2) pieces.push(pieceOf(reader.bytes()));
      else if (field === 2 && wire === 2) modelType = modelTypeOf(reader.bytes());
      else reader.skip(wire);
      if (pieces.length > mostPieces) return undefined;
    }
    return pieces.length > 0 ? { pieces, modelType } : undefined;
  } catch {
    return undefined;
  }
}

/** message SentencePiece: piece = 1, score = 2, type = 3. */
function pieceOf(bytes: Uint8Array): Piece {
  const reader = new BinaryReader(bytes);
  let text = "";
  let score = 0;
  let type: number = tokenTypes.normal;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1 && wire === 2) text = reader.string();
    else if (field === 2 && wire === 5) score = reader.float();
    else if (field === 3 && wire === 0) type = reader.int32();
    else reader.skip(wire);
  }
  return { text, score, type: Object.values<number>(tokenTypes).includes(type) ? type : tokenTypes.normal };
}

/** message TrainerSpec: model_type = 3. */
function modelTypeOf(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let type = 1;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 3 && wire === 0) type = reader.int32();
    else reader.skip(wire);
  }
  return type;
}
