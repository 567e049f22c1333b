// Reads {hex, pages} and answers {text, images, codes, error}: what the npos
// parser makes of an ESC/POS job. Text is decoded by iconv-lite.
var Parser = require('npos/lib/parser');
var rules = require('npos/lib/parser/rules');
var raster = require('npos/lib/codecs/raster');
var iconv = require('iconv-lite');
rules[0x1d]['(k'] = [0, 'd16']; // its list lacks QR codes; this is its way to add a command
var input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
var raw = Buffer.from(input.hex, 'hex');
var ast = new Parser(require('npos/lib/parser/ruler').normalize(rules)).analyze(raw);
var out = {text: '', images: [], codes: [], cuts: 0, error: ast.error ? String(ast.error) : ''};
var page = 'cp437', strip = null, stored = '';
(ast.tree || []).forEach(function (n) {
  var b = raw.slice(n.offset, n.offset + n.length), name = n.ascii + (n.fn || '');
  if (name !== 'GSv0') strip = null;
  if (n.ascii === 'STX') out.text += iconv.decode(b, page);
  else if (name === 'ESCt') page = input.pages[b[2]] || 'cp437';
  else if (name === 'GSV') out.cuts++;
  else if (name === 'GS(k' && b[6] === 0x50) stored = b.slice(8).toString('latin1');
  else if (name === 'GS(k' && b[6] === 0x51) out.codes.push(stored);
  else if (name === 'GSv0') {
    var m = raster.decode(raw, [{offset: n.offset}]);
    var rows = [];
    for (var y = 0; y < m.height; y++) {
      var row = '';
      for (var x = 0; x < m.width; x++) row += m.getPixel(x, y) ? '.' : '#';
      rows.push(row);
    }
    if (strip) strip.push.apply(strip, rows); else out.images.push(strip = rows);
  }
});
console.log(JSON.stringify(out));
