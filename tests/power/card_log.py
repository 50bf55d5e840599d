"""What a disk was told, write by write and flush by flush (qemu's blklogwrites, in the format of
dm-log-writes), and how it may look after a cut at any place of that log."""
import mmap
import struct
from dataclasses import dataclass

SECTOR = 512
_MAGIC = 0x6A736677736872
_FLUSH = 1
_DISCARD = 4


@dataclass(frozen=True)
class Entry:
    end: int  # of the entry in the log, in bytes: what is logged by then has been done
    at: int   # on the disk, in bytes
    data: memoryview
    flushes: bool


def read_log(path):
    """The entries that are whole."""
    with open(path, "rb") as file:
        log = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    magic, _, _, sector = struct.unpack_from("<QQQI", log)
    assert (magic, sector) == (_MAGIC, SECTOR), "this is no log of a disk"
    entries, begin = [], SECTOR
    while begin + SECTOR <= len(log):
        place, count, flags, _ = struct.unpack_from("<QQQQ", log, begin)
        length = 0 if flags & _DISCARD else count * SECTOR
        if begin + SECTOR + length > len(log):
            break
        data = log[begin + SECTOR:begin + SECTOR + length]
        begin += SECTOR + length
        entries.append(Entry(begin, place * SECTOR, data, bool(flags & _FLUSH)))
    return entries


def apply(image, entries):
    for entry in entries:
        image.seek(entry.at)
        image.write(entry.data)


def survivors(entries, random):
    """What is left of writes that no flush has followed: all, nothing, or a torn beginning of each,
    in whatever order the card took them."""
    left = []
    for entry in entries:
        fate = random.choice(("kept", "lost", "torn"))
        sectors = len(entry.data) // SECTOR
        if fate == "torn" and sectors > 1:
            kept = random.randrange(1, sectors) * SECTOR
            left.append(Entry(entry.end, entry.at, entry.data[:kept], False))
        elif fate != "lost":
            left.append(entry)
    return left
