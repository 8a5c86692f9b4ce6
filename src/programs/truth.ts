import type { Program } from '../linux/process/process.ts';

export const succeed: Program = async () => 0;
export const fail: Program = async () => 1;
