// proof_of_work.ts — finds a text that, hashed with a challenge, begins with enough zero bits.
import { sha256 } from "@noble/hashes/sha2.js";

const encoder = new TextEncoder();

export function zeroBits(hash: Uint8Array): number {
  let bits = 0;
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/* Tries `count` numbers from `first` on; null when none of them will do. */
export function trySolve(
  challenge: string,
  bits: number,
  first: number,
  count: number,
): string | null {
  for (let n = first; n < first + count; n++) {
    const solution = n.toString(36);
    if (zeroBits(sha256(encoder.encode(`${challenge}:${solution}`))) >= bits) return solution;
  }
  return null;
}
