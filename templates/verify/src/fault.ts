// What was refused, and where: every module throws a Fault and nothing else.
// The code is one word of the vectors of spec/ (`proof-form`, `not-canonical`)
// or of the module that throws it; the page alone turns codes into sentences.

/** A refusal: place names what was read, got and want what stood there and what should. */
export class Fault extends Error {
  readonly code: string;
  readonly place: string;
  readonly got: string;
  readonly want: string;

  constructor(code: string, place: string, got = "", want = "") {
    super(`${code}: ${place}${got === "" ? "" : `: got ${shortened(got)}`}${want === "" ? "" : `, want ${shortened(want)}`}`);
    this.name = "Fault";
    this.code = code;
    this.place = place;
    this.got = got;
    this.want = want;
  }
}

/** ensure throws unless the condition holds. */
export function ensure(condition: boolean, code: string, place: string, got = "", want = ""): asserts condition {
  if (!condition) {
    throw new Fault(code, place, got, want);
  }
}

function shortened(s: string): string {
  return s.length > 200 ? `${s.slice(0, 200)}…` : s;
}
