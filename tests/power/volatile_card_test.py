"""A card with a cache of its own, as cards have: it confirms writes that it has not kept, and a cut
leaves any part of what came after the last flush. From one run of a cart's machine, whose disk's
writes and flushes were logged, each cut makes the disk as such a card might leave it; the file
system is repaired as a boot does it, and what the vendor had been told by then is in the outbox."""
import json

from harness.cart_machine import IMAGE, Machine
from card_log import apply, read_log, survivors
from cut_test import assert_all_there
from harness.chaos import Chaos
from harness.process import BIN, run

SALES = 150
CUTS_A_CYCLE = 4


class LoggedMachine(Machine):
    """Its disk is `disk`, what the disk was told is in `log`."""

    def disk_options(self):
        self.log_of_disk = self.disk.with_name("disk.log")
        self.log_of_disk.touch()
        return ["-blockdev", f"driver=file,node-name=file,filename={self.disk}",
                "-blockdev", f"driver=file,node-name=log,filename={self.log_of_disk}",
                "-blockdev", "driver=blklogwrites,node-name=disk,file=file,log=log",
                "-device", "virtio-blk-pci,drive=disk"]

    def logged(self):
        """How far the log is: whatever the machine has been answered lies before."""
        return self.log_of_disk.stat().st_size


def sell(machine):
    """Receipts with their quantity and how far the disk's log was at the answer."""
    told = []
    for number in range(SALES):
        quantity = number % 9 + 1
        answer = machine.ask({"request": "sell", "quantity": quantity, "client": "Ana"})
        assert answer["ok"], answer
        told.append((answer["receipt"], quantity, machine.logged()))
    return told


def outbox_of(disk, folder):
    """The events that are read from a disk as it was left."""
    repaired = run(["/usr/sbin/e2fsck", "-fy", disk], seconds=60)
    assert repaired.returncode in (0, 1), repaired.stdout + repaired.stderr
    run(["rm", "-rf", folder])
    folder.mkdir()
    run(["/usr/sbin/debugfs", "-R", f"rdump /var/lib/carrito {folder}", disk])
    done = run([BIN / "carrito-agent", "outbox", "export"],
               {"CARRITO_OUTBOX": folder / "carrito" / "outbox.db"}, seconds=60)
    assert done.returncode == 0, done.stderr
    events = map(json.loads, done.stdout.splitlines())
    return [event for event in events if "type" in event]


def test_what_was_told_survives_a_card_that_forgets(scene, cycles, capsys):
    chaos, machine = Chaos("card"), scene.add(LoggedMachine(scene.folder))
    machine.start().wait_selling()
    told = sell(machine)
    machine.kill()
    entries = read_log(machine.log_of_disk)
    first, last = told[0][2], entries[-1].end
    # Half of the cuts come with an answer, before anything else is written.
    cuts = sorted(chaos.random.choice((chaos.random.randint(first, last),
                                       chaos.random.choice(told)[2]))
                  for _ in range(CUTS_A_CYCLE * cycles))
    kept_disk, cut_disk = scene.folder / "kept.img", scene.folder / "cut.img"
    run(["cp", "--sparse=always", IMAGE / "disk.img", kept_disk], seconds=60)
    done, forgotten = 0, 0
    for cut in cuts:
        until = [e for e in entries[done:] if e.end <= cut]
        flushed = max((i + 1 for i, e in enumerate(until) if e.flushes), default=0)
        with open(kept_disk, "r+b") as image:
            apply(image, until[:flushed])
        done += flushed
        run(["cp", "--sparse=always", kept_disk, cut_disk], seconds=60)
        left = survivors(until[flushed:], chaos.random)
        forgotten += len(until) - flushed
        with open(cut_disk, "r+b") as image:
            apply(image, left)
        book = {receipt: quantity for receipt, quantity, logged in told if logged <= cut}
        chaos.say(f"cut at {cut}: {len(book)} told, {len(until) - flushed} writes in the card")
        assert_all_there(book, outbox_of(cut_disk, scene.folder / "found"))
    with capsys.disabled():
        print(f"\n{len(cuts)} cuts of {len(entries)} writes and flushes, {len(told)} sales told, "
              f"{forgotten} writes at risk: all there", end="", flush=True)
    # A program that waits for its card leaves little at risk: less, the slower the machine.
    assert forgotten > len(cuts) / 10, "hardly a write was at risk: this proves nothing"
