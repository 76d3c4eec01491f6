// What a node is asked at its first start, and later. Beside app.js, whose helpers it uses.

const REGIONS = ['EU868', 'EU433', 'US915', 'AU915', 'AS923', 'IN865', 'KR920', 'NZ865', 'JP920'];

// It starts again meanwhile, and is away for a moment.
async function until(path, isOver, seconds) {
  for (let tries = 0; tries < 2 * seconds; tries++) {
    await new Promise(done => setTimeout(done, 500));
    try { if (isOver(await call(path))) return; } catch (e) { if (!(e instanceof Away)) return; }
  }
}
async function viewSetup() {
  const now = await call('/v1/setup');
  const [nameLabel, name] = field('name', t('setup-name'), { value: now.name, maxlength: 24, autocomplete: 'off' });
  const [placeLabel, place] = field('place', t('setup-place'), { placeholder: now.site_ref || '35.1064,-77.0936', autocomplete: 'off' });
  const [wordsLabel, words] = field('words', t('setup-words'), { autocomplete: 'off', autocapitalize: 'none' });
  const [sealLabel, seal] = field('seal', t('setup-passphrase'), { type: 'password', autocomplete: 'new-password' });
  const region = h('select', { id: 'region' }, ['', ...REGIONS].map(code => h('option', { value: code, selected: code === now.region }, code || '–')));
  const finish = () => {
    const answers = { name: name.value === now.name ? '' : name.value, place: place.value, words: words.value, passphrase: seal.value, region: region.value === now.region ? '' : region.value };
    return write('/v1/setup', Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value)), done => { if (done) until('/v1/setup', later => later.run !== now.run, 60).then(() => { location.hash = '#/poster'; }); });
  };
  return [title(t('setup')), h('p', {}, t('setup-why')), nameLabel, name, placeLabel, place, wordsLabel, words,
    h('p.small', {}, now.words ? t('setup-stands') : t('setup-example', now.proposed_words)), h('form', { onsubmit: e => e.preventDefault() }, sealLabel, seal), h('p.small', {}, now.passphrase ? t('setup-stands') : t('setup-forgotten')),
    h('label', { for: 'region' }, t('setup-region')), region, h('p', {}, button(t('done'), finish, 'main'))];
}
async function viewUnlock() {
  const [label, passphrase] = field('passphrase', t('passphrase'), { type: 'password', autocomplete: 'off' });
  const give = e => { e.preventDefault(); return write('/v1/passphrase', { passphrase: passphrase.value }, done => { if (done) location.hash = '#/'; }); };
  return [title(t('unlock')), h('form', { onsubmit: give }, label, passphrase, h('p', {}, h('button.main', {}, t('ok'))))];
}
async function viewUpgrade() {
  const now = await call('/v1/upgrade');
  const [label, file] = field('upgrade', t('upgrade-file'), { type: 'file' });
  const hand = () => file.files[0] && write('/v1/upgrade', file.files[0], done => { if (done) { show(); until('/v1/upgrade', later => later.state !== 'waiting', 300).then(() => { tell(); show(); }); } });
  return [title(t('upgrade')), h('p', {}, t('upgrade-runs', now.version)), h('p.said', {}, now.sentence), label, file, h('p', {}, button(t('ok'), hand, 'main'))];
}
