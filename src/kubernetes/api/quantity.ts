const scales: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity (`100m`, `64Mi`, `1e3`) stands for; NaN where it is none. */
export function quantityValue(quantity: string): number {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)?|([eE][-+]?\d+))$/.exec(quantity);
  if (parts === null) return Number.NaN;
  const [, digits = '', suffix = '', exponent = ''] = parts;
  return exponent === '' ? Number(digits) * (scales[suffix] ?? Number.NaN) : Number(`${digits}${exponent}`);
}
