// What a node is asked at its first start, and later. Beside app.js, whose helpers it uses.

const REGIONS = ['EU868', 'EU433', 'US915', 'AU915', 'AS923', 'IN865', 'KR920', 'NZ865', 'JP920'];

// It starts again within itself: until another run of it answers.
async function isBack(run) {
  for (let tries = 0; tries < 120; tries++) {
    await new Promise(done => setTimeout(done, 500));
    try { if ((await call('/v1/setup')).run !== run) return; } catch (e) { if (!(e instanceof Away)) return; }
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
    return write('/v1/setup', Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value)), done => { if (done) isBack(now.run).then(() => { location.hash = '#/poster'; }); });
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
// What became of it is known when the node has looked at it, and has started again where it is newer.
async function isUpgraded() {
  for (let tries = 0; tries < 300; tries++) {
    await new Promise(done => setTimeout(done, 1000));
    try { if ((await call('/v1/upgrade')).state !== 'waiting') return; } catch (e) { if (!(e instanceof Away)) return; }
  }
}
async function viewUpgrade() {
  const now = await call('/v1/upgrade');
  const [label, file] = field('upgrade', t('upgrade-file'), { type: 'file' });
  const hand = () => file.files[0] && write('/v1/upgrade', file.files[0], done => { if (done) { show(); isUpgraded().then(show); } });
  return [title(t('upgrade')), h('p', {}, t('upgrade-runs', now.version)), h('p.said', {}, now.sentence), label, file, h('p', {}, button(t('ok'), hand, 'main'))];
}
