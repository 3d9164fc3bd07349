import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPublicAddress } from './address.ts';
import { fetchRig, good, type FetchRig } from './fetch-rig.ts';

let rig: FetchRig;
beforeEach(() => {
  rig = fetchRig();
});
afterEach(() => rig.close());

const forbiddenAddresses = `
  0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.0 127.0.0.1 127.255.255.255 168.63.129.16
  169.254.0.0 169.254.169.253 169.254.169.254 169.254.170.2 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.192 192.0.2.1 192.31.196.1 192.88.99.1
  192.168.0.0 192.168.255.255 192.175.48.1 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
  :: ::1 ::2 ::127.0.0.1 ::7f00:1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.1.1 ::ffff:8.8.8.8
  ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::192.168.0.1 64:ff9b:1::1 64:ff9b:1::8.8.8.8
  100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe:: 2002:c0a8:101:: 3fff::1
  5f00::1 4000::1 8000::1 fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fdff:ffff::1 fe80::1 fe80::1%eth0 fe80::a9fe:a9fe febf::1 fec0::1 feff::1 ff00::1 ff02::1 ff0e::1`;

const publicAddresses = `
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0
  192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2000::1 2606:4700:4700::1111 2a00:1450:4001:80b::200e 2001:4860:4860::8888 64:ff9b::8.8.8.8`;

const words = (text: string) => text.trim().split(/\s+/);

describe('isPublicAddress', () => {
  it.each(words(forbiddenAddresses))('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(words(publicAddresses))('accepts %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(['', 'localhost', 'example.com', '1.1.1.1.1', '[::1]'])('refuses %j, which is no address', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});

/** Ways to write an address in a URL that have led requests inside before. URL parsing turns most of them into plain ones; none may pass. */
const spellings = words(`
  127.0.0.1 127.1 127.0.1 127.000.000.001 2130706433 0x7f000001 0x7f.1 0x7f.0x0.0x0.0x1 0177.0.0.1 0177.1 017700000001 127.0.0.1. 0 0.0.0.0 0x0 00
  0xa9fea9fe 2852039166 169.254.169.254 169.254.43518 169.16689662 0251.0376.0251.0376 0xa9.0xfe.0xa9.0xfe 0xA9FEA9FE 025177524776 169.254.169.254.
  10.0.0.1 167772161 0xa000001 012.0.0.1 10.1 192.168.1.1 3232235777 0xc0a80101 0300.0250.1.1 192.168.257 172.16.0.1 2886729729 100.64.0.1 198.18.0.1
  １２７.０.０.１ 127。0。0。1 ①②⑦.0.0.1 ⑯⑨.254.169.254 %31%32%37.0.0.1 127%2e0%2e0%2e1
  [::] [::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0001] [::127.0.0.1] [::7f00:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:0001]
  [0:0:0:0:0:ffff:127.0.0.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:10.0.0.1] [::ffff:0a00:0001] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1]
  [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001:0:a00:1::] [fe80::1] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [100::1] [2001:db8::1]`);

describe('the fetcher', () => {
  it.each(spellings)('does not connect to http://%s/', async (host) => {
    const resolve = () => Promise.reject(new Error('must not ask for a name'));
    await expect(
      rig.get(`http://${host}/latest/meta-data`, {}, { allowPrivate: false, resolve }),
    ).rejects.toMatchObject({ code: 'E_FETCH_ADDRESS' });
    expect(rig.waits).toEqual([]);
  });

  it.each([[['127.0.0.1']], [['::1']], [['169.254.169.254']], [['93.184.216.34', '10.0.0.1']], [['::ffff:127.0.0.1']]])(
    'does not connect to a name that leads to %j',
    async (addresses) => {
      const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const problem = {
        what: 'will not connect to innocent.example',
        why: expect.stringContaining(addresses.at(-1) ?? ''),
      };
      await expect(rig.get('http://innocent.example/', {}, { allowPrivate: false, resolve })).rejects.toMatchObject({
        code: 'E_FETCH_ADDRESS',
        problem,
      });
    },
  );

  it('looks a name up once and connects to that answer, so a second answer cannot differ', async () => {
    const port = new URL(await rig.serve((response, request) => void response.end(request.headers.host))).port;
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return [{ address: asked.length === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
    };
    expect((await rig.get(`http://rebind.example:${port}/`, {}, { resolve })).text).toBe(`rebind.example:${port}`);
    expect(asked).toEqual(['rebind.example']);
  });

  it('connects to private hosts that are allowed by name, and to no others', async () => {
    const { url } = await rig.serveInTurn(good);
    const { host, hostname } = new URL(url);
    expect((await rig.get(url, {}, { allowPrivate: [host] })).text).toBe('good');
    expect((await rig.get(url, {}, { allowPrivate: [hostname] })).text).toBe('good');
    await expect(rig.get(url, {}, { allowPrivate: ['other.example'] })).rejects.toMatchObject({
      code: 'E_FETCH_ADDRESS',
    });
  });
});
