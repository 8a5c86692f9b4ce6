import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PcapError, PcapFile, pcapHeader, pcapRecord } from './pcap.ts';

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 }), fc.nat(4e9), (list, time) => {
      const header = { linkType: 1, snapLength: 262144 };
      const parts = [
        pcapHeader(header),
        ...list.map((bytes) => pcapRecord({ microseconds: time * 1000, bytes, length: bytes.length + 1 })),
      ];
      const file = new PcapFile(Uint8Array.from(parts.flatMap((part) => [...part])));
      expect(file.header).toEqual(header);
      expect([...file.packets()]).toEqual(
        list.map((bytes) => ({ bytes, length: bytes.length + 1, microseconds: time * 1000 })),
      );
    }),
  );
});

test('any bytes are a file of packets or refused', () => {
  const good = [...pcapHeader({ linkType: 1, snapLength: 100 })];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, headed) => {
      try {
        const packets = [...new PcapFile(Uint8Array.from(headed ? [...good, ...noise] : noise)).packets()];
        for (const { bytes } of packets) expect(bytes.length).toBeLessThanOrEqual(100);
      } catch (error) {
        expect(error).toBeInstanceOf(PcapError);
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [[], 'truncated dump file; tried to read 4 file header bytes, only got 0'],
  [[1, 2, 3, 4, 5], 'unknown file format'],
  [[0x0a, 0x0d, 0x0d, 0x0a], 'pcapng files are not modelled in this simulation'],
  [[0xd4, 0xc3, 0xb2, 0xa1, 2, 0], 'truncated dump file; tried to read 24 file header bytes, only got 2'],
])('%j is refused', (bytes, message) => {
  expect(() => new PcapFile(Uint8Array.from(bytes))).toThrow(message);
});
