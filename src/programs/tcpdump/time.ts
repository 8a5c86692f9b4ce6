export interface PacketTime {
  /** Since 1970. */
  readonly microseconds: number;
}

const SECOND = 1e6;
const two = (value: number) => String(value).padStart(2, '0');

/** The time before a packet, by how often `-t` was given; the simulation's local time is UTC. */
export class TimeText {
  readonly #style: number;
  #reference: number | undefined;

  constructor(style: number) {
    this.#style = style;
  }

  of({ microseconds }: PacketTime): string {
    const seconds = Math.floor(microseconds / SECOND);
    const fraction = `.${String(microseconds % SECOND).padStart(6, '0')}`;
    switch (this.#style) {
      case 0:
        return `${clock(seconds)}${fraction} `;
      case 1:
        return '';
      case 2:
        return seconds >= 0x80000000 ? '[Error converting time] ' : `${seconds}${fraction} `;
      case 4:
        return `${date(seconds)} ${clock(seconds)}${fraction} `;
      default:
        return this.#since(microseconds);
    }
  }

  /** -ttt: since the packet before; -ttttt: since the first. */
  #since(microseconds: number): string {
    this.#reference ??= microseconds;
    const difference = microseconds - this.#reference;
    const length = Math.abs(difference);
    if (this.#style === 3) this.#reference = microseconds;
    const fraction = String(length % SECOND).padStart(6, '0');
    return `${difference < 0 ? '-' : ' '}${clock(Math.floor(length / SECOND))}.${fraction} `;
  }
}

function clock(seconds: number): string {
  const day = seconds % 86400;
  return `${two(Math.floor(day / 3600))}:${two(Math.floor(day / 60) % 60)}:${two(day % 60)}`;
}

/** Days since 1970 to a date (Howard Hinnant's civil_from_days), without Date. */
function date(seconds: number): string {
  const shifted = Math.floor(seconds / 86400) + 719468;
  const era = Math.floor(shifted / 146097);
  const ofEra = shifted - era * 146097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const calendar = month < 10 ? month + 3 : month - 9;
  return `${year + era * 400 + (calendar <= 2 ? 1 : 0)}-${two(calendar)}-${two(day)}`;
}
