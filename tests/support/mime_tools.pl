# Reads message files with MIME::Parser (Debian: libmime-tools-perl) and prints a JSON array of leaves for each, one a line.
# usage: perl mime_tools.pl NEEDLE-IN-HEX FILE…   (NEEDLE may be empty; a leaf says whether it holds it)
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use MIME::Parser;

my $needle = pack 'H*', shift;
my $json = JSON::PP->new->ascii->canonical;

sub leaves {
    my ($entity, $found) = @_;
    my @parts = $entity->parts;
    return map { leaves($_, $found) } @parts if @parts;
    my $handle = $entity->bodyhandle or return;
    my $bytes = $handle->as_string;
    utf8::downgrade($bytes, 1);
    my $head = $entity->head;
    push @$found, {
        name => scalar($head->recommended_filename) // '',
        type => $head->mime_type,
        disposition => lc($head->mime_attr('content-disposition') // ''),
        size => length $bytes,
        sha256 => sha256_hex($bytes),
        found => (length $needle && index($bytes, $needle) >= 0) ? JSON::PP::true : JSON::PP::false,
    };
}

for my $file (@ARGV) {
    my @found;
    eval {
        local $SIG{ALRM} = sub { die "too slow\n" };
        alarm 20;
        my $parser = MIME::Parser->new;
        $parser->output_to_core(1);
        $parser->tmp_to_core(1);
        $parser->extract_nested_messages(1);
        $parser->extract_uuencode(1);
        $parser->ignore_errors(1);
        leaves($parser->parse_open($file), \@found);
        alarm 0;
    };
    alarm 0;
    print $json->encode(\@found), "\n";
}
