/* `carrito-agent enrol [FILE]`: makes this board a cart by the file that `carritoctl cart add` made
 * (enrolment.h). Without FILE it looks where an operator's computer can put one, on the partition
 * that the board boots from, and is content where there is none.
 *
 * All of it is looked at before anything is changed. Key and certificates are put beside the
 * agent's configuration, with its owner and rights, then the configuration itself, whole; the file
 * goes last, since it holds the key. A power cut on the way leaves the file, and the next start
 * does it again. Where the board was another cart, that one's key and certificate stay beside the
 * new ones as `cart.PLATE.key` and `cart.PLATE.crt`: by them what still waits is sent. */
#ifndef CARRITO_AGENT_ENROL_H
#define CARRITO_AGENT_ENROL_H

/* `argv[0]` is the word itself. Blocks for the disk. Returns the exit status; what went wrong was
 * said on standard error. */
int enrol_run(int argc, char **argv);

#endif
