/** Expected values: the READMEs of ../shared/data, counted on the real files by others. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { sectionsOf } from '../../../../runner/data/formats/report_sections';
import { describeShared, sharedPath } from '../../../shared';
import { temporaryFolder } from '../fixture';
import { countBy, read, readShared, reports } from './read';

describeShared('data/iu-xray', 'IU X-Ray', () => {
  const xml = () => readShared('iu_xray', 'iu-xray/NLMCXR_reports.tgz', 'all');

  it('XML: 3,955 reports, of which 104 have no image; the others have 1 to 5', async () => {
    const found = await xml();
    expect(found.items.length + found.bad.length).toBe(3955);
    const reasons = countBy(found.bad, ({ reason }) => reason);
    expect(reasons['the report has no image']).toBe(104);
    // with the reports that have neither section put back, README: 1:446 2:3208 3:181 4:15 5:1
    const neither = reasons['the report has neither findings nor impression']!;
    expect(found.items.length + neither).toBe(446 + 3208 + 181 + 15 + 1);
    const images = countBy(reports(found), ({ images }) => images.length);
    // one of the 181 with three images has neither section
    expect([images[3], images[4], images[5]]).toEqual([180, 15, 1]);
    expect(found.items[0]).toMatchObject({
      id: 'CXR1',
      patient: 'CXR1',
      images: [{ image: 'CXR1_1_IM-0001-3001.png' }, { image: 'CXR1_1_IM-0001-4001.png' }],
      sections: { indication: 'Positive TB test', impression: 'Normal chest x-XXXX.' },
      fields: { MeSH: 'normal', has_findings: 'yes', images: '2' },
    });
  });

  it('XML: unpacked it reads the same, findings 3,425 and impressions 3,921 over all reports, 28 with neither', async () => {
    const folder = temporaryFolder();
    execFileSync('tar', ['xzf', sharedPath('data/iu-xray/NLMCXR_reports.tgz'), '-C', folder]);
    // images for those that have none, so that every report is an item
    const files = path.join(folder, 'ecgen-radiology');
    for (const name of readdirSync(files)) {
      const text = readFileSync(path.join(files, name), 'utf8');
      if (!text.includes('<parentImage'))
        writeFileSync(path.join(files, name), text.replace('</eCitation>', '<parentImage id="x"/></eCitation>'));
    }
    const found = await read('iu_xray', folder, 'all');
    expect(found.bad.map(({ reason }) => reason)).toEqual(
      new Array(28).fill('the report has neither findings nor impression'),
    );
    expect(reports(found).filter(({ sections }) => sections.findings)).toHaveLength(3425);
    expect(reports(found).filter(({ sections }) => sections.impression)).toHaveLength(3921);
    const archived = new Map((await xml()).items.map((item) => [item.id, item]));
    expect(
      reports(found)
        .filter(({ id }) => archived.has(id))
        .map((item) => item),
    ).toEqual(reports(found).flatMap(({ id }) => archived.get(id) ?? []));
  });

  it('CSV: 3,851 reports with 7,466 projections, findings empty in 514 and impression in 31, XXXX in 1,426', async () => {
    const found = await readShared('iu_xray', 'iu-xray', 'all');
    expect(found.items.length + found.bad.length).toBe(3851);
    expect(new Set(found.bad.map(({ reason }) => reason))).toEqual(
      new Set(['the report has neither findings nor impression']),
    );
    const items = reports(found);
    const without = (name: string) => items.filter(({ sections }) => !sections[name]).length + found.bad.length;
    expect([without('findings'), without('impression')]).toEqual([514, 31]);
    expect(items.filter(({ sections }) => sections.findings?.includes('XXXX'))).toHaveLength(1426);
    const used = new Set(items.map(({ id }) => id));
    const views = readFileSync(sharedPath('data/iu-xray/indiana_projections.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    expect(views).toHaveLength(7466);
    expect(items.flatMap(({ images }) => images)).toHaveLength(
      views.filter((row) => used.has(row.split(',')[0]!)).length,
    );
    expect(items[0]!.images).toEqual([
      { image: '1_IM-0001-4001.dcm.png', view: 'Frontal' },
      { image: '1_IM-0001-3001.dcm.png', view: 'Lateral' },
    ]);
  });

  it("R2Gen's file: 2,069 / 296 / 590 with two images each, patients apart, the list named by four blanks recovered", async () => {
    const file = 'iu-xray/r2gen_annotation.json';
    const splits = await Promise.all(['train', 'val', 'test'].map((split) => readShared('r2gen', file, split)));
    expect(splits.map(({ items, bad }) => [items.length, bad.length])).toEqual([
      [2069, 0],
      [296, 0],
      [590, 0],
    ]);
    expect(new Set(splits.flatMap(reports).map(({ images }) => images.length))).toEqual(new Set([2]));
    const patients = splits.map((split) => new Set(reports(split).map(({ patient }) => patient)));
    expect(patients.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(patients.flatMap((set) => [...set])).size);
    expect(splits[2]!.notes).toEqual([
      expect.objectContaining({
        code: 'odd_key',
        count: 590,
        message: 'r2gen_annotation.json has a list named "    ": its records were put where their own `split` says',
      }),
    ]);
  });

  it('another R2Gen file: 3,062 / 382 / 382 with 1 to 5 images and numeric ids', async () => {
    const file = 'iu-xray/mrg_rl_annotation.json';
    const splits = await Promise.all(['train', 'val', 'test'].map((split) => readShared('r2gen', file, split)));
    expect(splits.map(({ items, bad }) => items.length + bad.length)).toEqual([3062, 382, 382]);
    const counts = Object.keys(countBy(splits.flatMap(reports), ({ images }) => images.length));
    expect([counts[0], counts.at(-1)]).toEqual(['1', '5']);
    expect(splits.flatMap(({ notes }) => notes)).toEqual([]);
  });
});

describeShared('data/roco', 'ROCO', () => {
  it('test has 8,179 radiology captions, validation 8,180, with the licence of each image', async () => {
    const test = await readShared('roco', 'roco', 'test');
    expect([test.items.length, test.bad]).toEqual([8179, []]);
    expect((await readShared('roco', 'roco', 'validation')).items).toHaveLength(8180);
    // the README's "CC 1" is the header line
    expect(countBy(reports(test), ({ fields }) => fields.licence!)).toEqual({
      'CC BY': 3442,
      'CC BY-NC-SA': 1501,
      'CC BY-NC': 1305,
      'CC BY-NC-ND': 973,
      'NO-CC CODE': 938,
      'CC BY-ND': 9,
      'CC BY-SA': 7,
      CC0: 4,
    });
    expect(test.items[0]).toMatchObject({
      id: 'ROCO_00001',
      report: 'Axial MRI (coronal view).',
      images: [{ image: 'test/radiology/images/ROCO_00001.jpg' }],
      fields: { pmc_id: 'PMC4608653', licence: 'CC BY-NC' },
    });
    expect(reports(test).filter(({ report }) => report !== report.trim())).toEqual([]);
  });

  it('the other images are splits of their own', async () => {
    expect((await readShared('roco', 'roco', 'test_non_radiology')).items).toHaveLength(612);
  });
});

describeShared('data/mimic-cxr-format', 'MIMIC-CXR in form', () => {
  const shared = (name: string) => sharedPath('data/mimic-cxr-format', name);

  it('sections are those of the official parser', () => {
    const { section_names, sections } = JSON.parse(
      readFileSync(shared('official_example_report.sections.json'), 'utf8'),
    ) as {
      section_names: string[];
      sections: string[];
    };
    const plain = sections.map((text) => text.replace(/\s+/g, ' ').trim());
    expect(sectionsOf(readFileSync(shared('official_example_report.txt'), 'utf8'))).toEqual(
      Object.fromEntries(section_names.map((name, i) => [name, plain[i]])),
    );
  });

  it('studies have images with views, labels, report and patient; without a report they are bad', async () => {
    const folder = temporaryFolder();
    cpSync(sharedPath('data/mimic-cxr-format'), folder, { recursive: true, mode: 0 });
    execFileSync('chmod', ['-R', 'u+w', folder]);
    cpSync(shared('official_example_report.txt'), path.join(folder, 'files/pa7/pa70cb8db/s07eacc76.txt'));
    const { items, bad } = await read('mimic_cxr', folder, 'all');
    expect(bad).toHaveLength(9);
    expect(new Set(bad.map(({ reason }) => reason))).toEqual(new Set(['the report file is missing']));
    expect(items).toEqual([
      expect.objectContaining({
        id: '07eacc76',
        patient: 'a70cb8db',
        images: [{ image: 'files/pa7/pa70cb8db/s07eacc76/e5ce94fb-90955d5d-5c7a4c11-8db716bb.jpg', view: 'PA' }],
        labels: expect.objectContaining({ Atelectasis: 0, Consolidation: 1, Fracture: -1 }),
      }),
    ]);
    expect(reports({ items, bad, notes: [], hashes: {} })[0]!.labels).not.toHaveProperty('Edema');
  });

  it('a split table, also gzipped, says which studies are whose', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'files/p10/p1000'), { recursive: true });
    for (const study of ['51', '52'])
      writeFileSync(path.join(folder, `files/p10/p1000/s${study}.txt`), ' FINDINGS: clear\n');
    const table = (name: string, text: string) =>
      writeFileSync(path.join(folder, `mimic-cxr-2.0.0-${name}.csv.gz`), gzipSync(text));
    table('metadata', 'dicom_id,subject_id,study_id,ViewPosition\na,1000,51,PA\nb,1000,52,AP\nc,1000,51,LATERAL\n');
    table('split', 'dicom_id,study_id,subject_id,split\na,51,1000,train\nb,52,1000,test\nc,51,1000,train\n');
    const train = reports(await read('mimic_cxr', folder, 'train'));
    expect(train.map(({ id, images, report }) => [id, images.map(({ view }) => view), report])).toEqual([
      ['51', ['PA', 'LATERAL'], 'clear'],
    ]);
    expect((await read('mimic_cxr', folder, 'test')).items.map(({ id }) => id)).toEqual(['52']);
  });
});
