/* A driver for pcscd (IFD handler 3.0) of an ACR122U that is simulated: everything is asked of the simulator over the
 * Unix socket that stands in place of the device node, the last part of DeviceName.
 *
 * It knows no card and no command; it never waits without end, and a simulator that has gone is a reader that has been
 * unplugged. Names, return codes and attributes are libccid's (1.5.2, ifdhandler.c). Start at IFDHCreateChannelByName.
 *
 * A reader has two connections. Commands: op, sequence, length (2 bytes, big endian), body; the answer has the same
 * head with a status in place of the op. Events: one byte whenever a card may have come or gone. The other side is
 * src/simulator/ifd.rs. */

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

enum { READERS = 64, HEAD = 4, BODY = 1024 };

/* libccid waits so long for an answer (DEFAULT_COM_READ_TIMEOUT). */
enum { PATIENCE_MS = 3000 };

/* pcscd looks at a reader that breaks down so often (PCSCLITE_STATUS_POLL_RATE). */
enum { PAUSE_MS = 400 };

enum op { INFO = 'I', PRESENCE = 'P', POWER_UP = 'U', POWER_DOWN = 'D', RESET = 'R', TRANSMIT = 'T', ESCAPE = 'E' };
enum status { DONE = 0, ABSENT = 1, REFUSED = 2, BROKEN = 3 };

struct reader {
    int commands, events, wake;
    uint8_t sequence;
    uint8_t atr[MAX_ATR_SIZE];
    size_t atr_length;
    /* Bus and address on it, and the version of the firmware, binary coded decimal. */
    uint8_t info[4];
};

static struct reader *readers[READERS];

static struct reader *reader_of(DWORD lun) {
    DWORD number = lun >> 16;
    return number < READERS ? readers[number] : NULL;
}

static int connect_as(const char *path, char role) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    /* A halted simulator takes no connection and reads nothing: neither is waited for without end. */
    struct timeval most = {.tv_sec = PATIENCE_MS / 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 || send(fd, &role, 1, MSG_NOSIGNAL) != 1) {
        close(fd);
        return -1;
    }
    return fd;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads exactly so much: 1, or 0 when the time was over before the first byte. -1: the simulator has gone, or stopped
 * in the middle. */
static int receive(int fd, uint8_t *buffer, size_t length, int64_t deadline) {
    size_t got = 0;
    while (got < length) {
        int64_t left = deadline - now_ms();
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        /* What lies there already counts, also after the time is up: this process may have been halted meanwhile. */
        int ready = poll(&wait, 1, left > 0 ? (int)left : 0);
        if (ready == 0) {
            return got == 0 ? 0 : -1;
        }
        ssize_t count = ready < 0 ? -1 : recv(fd, buffer + got, length - got, 0);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return -1;
        }
        got += (size_t)count;
    }
    return 1;
}

/* One question and its answer. What comes late, after its time was over, is known by its number and thrown away. */
static RESPONSECODE ask(struct reader *reader, enum op op, const uint8_t *body, size_t length, uint8_t *answer,
                        size_t *answered, enum status *status) {
    uint8_t frame[HEAD + BODY];
    if (length > BODY) {
        return IFD_COMMUNICATION_ERROR;
    }
    uint8_t sequence = ++reader->sequence;
    uint8_t head[HEAD] = {(uint8_t)op, sequence, (uint8_t)(length >> 8), (uint8_t)length};
    memcpy(frame, head, HEAD);
    if (length > 0) {
        memcpy(frame + HEAD, body, length);
    }
    if (send(reader->commands, frame, HEAD + length, MSG_NOSIGNAL) != (ssize_t)(HEAD + length)) {
        return IFD_NO_SUCH_DEVICE;
    }
    int64_t deadline = now_ms() + PATIENCE_MS;
    for (;;) {
        int got = receive(reader->commands, head, HEAD, deadline);
        if (got == 0) {
            return IFD_RESPONSE_TIMEOUT;
        }
        size_t size = (size_t)head[2] << 8 | head[3];
        if (got < 0 || size > BODY || receive(reader->commands, frame, size, deadline) != 1) {
            shutdown(reader->commands, SHUT_RDWR);
            return IFD_NO_SUCH_DEVICE;
        }
        if (head[1] != sequence) {
            continue;
        }
        *status = (enum status)head[0];
        if (size > *answered) {
            return IFD_ERROR_INSUFFICIENT_BUFFER;
        }
        memcpy(answer, frame, size);
        *answered = size;
        return *status == BROKEN ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
    }
}

static void forget(struct reader *reader) {
    int open[] = {reader->commands, reader->events, reader->wake};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        if (open[i] >= 0) {
            close(open[i]);
        }
    }
    free(reader);
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) {
    DWORD number = lun >> 16;
    if (number >= READERS || readers[number] != NULL) {
        return IFD_COMMUNICATION_ERROR;
    }
    /* usb:072f/2200:libudev:0:/path/of/the/socket */
    const char *colon = strrchr(name, ':');
    const char *path = colon != NULL ? colon + 1 : name;
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return IFD_COMMUNICATION_ERROR;
    }
    reader->commands = connect_as(path, 'c');
    reader->events = connect_as(path, 'e');
    reader->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    size_t length = sizeof reader->info;
    enum status status;
    if (reader->commands < 0 || reader->events < 0 || reader->wake < 0
        || ask(reader, INFO, NULL, 0, reader->info, &length, &status) != IFD_SUCCESS || length != sizeof reader->info) {
        forget(reader);
        return IFD_NO_SUCH_DEVICE;
    }
    readers[number] = reader;
    return IFD_SUCCESS;
}

/* A number alone says no socket. */
RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) {
    (void)lun;
    (void)channel;
    return IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCloseChannel(DWORD lun) {
    struct reader *reader = reader_of(lun);
    if (reader == NULL) {
        return IFD_COMMUNICATION_ERROR;
    }
    readers[lun >> 16] = NULL;
    forget(reader);
    return IFD_SUCCESS;
}

/* Returns when a card has come or gone, when it is woken, and after the time-out. */
static RESPONSECODE wait_for_event(DWORD lun, int timeout) {
    struct reader *reader = reader_of(lun);
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    struct pollfd wait[] = {{.fd = reader->events, .events = POLLIN}, {.fd = reader->wake, .events = POLLIN}};
    if (poll(wait, 2, timeout) < 0) {
        return errno == EINTR ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
    }
    uint64_t woken;
    if (wait[1].revents != 0) {
        return read(reader->wake, &woken, sizeof woken) > 0 ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
    }
    uint8_t events[64];
    if (wait[0].revents != 0 && recv(reader->events, events, sizeof events, MSG_DONTWAIT) == 0) {
        /* Unplugged: pcscd is told by the bus, and stops this wait. After an error it would sleep before it looks. */
        poll(&wait[1], 1, PAUSE_MS);
    }
    return IFD_SUCCESS;
}

static RESPONSECODE stop_waiting(DWORD lun) {
    struct reader *reader = reader_of(lun);
    uint64_t one = 1;
    return reader != NULL && write(reader->wake, &one, sizeof one) == sizeof one ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE;
}

static RESPONSECODE give(const void *value, size_t size, PDWORD length, PUCHAR into) {
    if (*length < size) {
        return IFD_ERROR_INSUFFICIENT_BUFFER;
    }
    *length = size;
    if (into != NULL && size > 0) {
        memcpy(into, value, size);
    }
    return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
    static const char vendor[] = "ACS", type[] = "ACR122U PICC Interface";
    static const uint8_t one = 1, most = READERS;
    RESPONSECODE (*const wait)(DWORD, int) = wait_for_event;
    RESPONSECODE (*const stop)(DWORD) = stop_waiting;
    struct reader *reader = reader_of(lun);
    uint32_t number;
    switch (tag) {
    case TAG_IFD_SIMULTANEOUS_ACCESS:
        return give(&most, 1, length, value);
    case TAG_IFD_THREAD_SAFE:
    case TAG_IFD_SLOTS_NUMBER:
        return give(&one, 1, length, value);
    case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
        return give(&wait, sizeof wait, length, value);
    case TAG_IFD_STOP_POLLING_THREAD:
        return give(&stop, sizeof stop, length, value);
    case SCARD_ATTR_VENDOR_NAME:
        return give(vendor, sizeof vendor, length, value);
    case SCARD_ATTR_VENDOR_IFD_TYPE:
        return give(type, sizeof type, length, value);
    }
    if (reader == NULL) {
        return IFD_ERROR_TAG;
    }
    switch (tag) {
    case TAG_IFD_ATR:
    case SCARD_ATTR_ATR_STRING:
        return give(reader->atr, reader->atr_length, length, value);
    case SCARD_ATTR_VENDOR_IFD_VERSION:
        number = (uint32_t)reader->info[2] << 24 | (uint32_t)reader->info[3] << 16;
        return give(&number, sizeof number, length, value);
    case SCARD_ATTR_CHANNEL_ID:
        number = UINT32_C(0x00200000) | (uint32_t)reader->info[0] << 8 | reader->info[1];
        return give(&number, sizeof number, length, value);
    }
    return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value) {
    (void)lun;
    (void)tag;
    (void)length;
    (void)value;
    return IFD_NOT_SUPPORTED;
}

/* A contactless card negotiates nothing with the reader's driver. */
RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3) {
    (void)flags;
    (void)pts1;
    (void)pts2;
    (void)pts3;
    if (reader_of(lun) == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    return protocol == SCARD_PROTOCOL_T0 || protocol == SCARD_PROTOCOL_T1 ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length) {
    struct reader *reader = reader_of(lun);
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    uint8_t answer[BODY];
    size_t answered = sizeof answer;
    enum status status = DONE;
    enum op op = action == IFD_POWER_DOWN ? POWER_DOWN : action == IFD_RESET ? RESET : POWER_UP;
    reader->atr_length = 0;
    if (length != NULL) {
        *length = 0;
    }
    RESPONSECODE asked = ask(reader, op, NULL, 0, answer, &answered, &status);
    if (asked == IFD_NO_SUCH_DEVICE) {
        return asked;
    }
    if (asked != IFD_SUCCESS || status != DONE || answered > sizeof reader->atr) {
        return IFD_ERROR_POWER_ACTION;
    }
    if (op == POWER_DOWN) {
        return IFD_SUCCESS;
    }
    memcpy(reader->atr, answer, answered);
    reader->atr_length = answered;
    if (atr != NULL && length != NULL) {
        memcpy(atr, answer, answered);
        *length = answered;
    }
    return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send_pci, PUCHAR command, DWORD length, PUCHAR answer,
                               PDWORD answered, PSCARD_IO_HEADER receive_pci) {
    (void)send_pci;
    (void)receive_pci;
    struct reader *reader = reader_of(lun);
    size_t room = *answered;
    enum status status = DONE;
    *answered = 0;
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    RESPONSECODE asked = ask(reader, TRANSMIT, command, length, answer, &room, &status);
    if (asked != IFD_SUCCESS) {
        return asked;
    }
    if (status == ABSENT) {
        return IFD_ICC_NOT_PRESENT;
    }
    *answered = room;
    return IFD_SUCCESS;
}

/* Code 1 is libccid's for escape commands, 3500 the one of ACS's own driver and of Windows. */
RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR command, DWORD length, PUCHAR answer, DWORD room,
                         LPDWORD answered) {
    struct reader *reader = reader_of(lun);
    size_t got = room;
    enum status status = DONE;
    *answered = 0;
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    if (code != SCARD_CTL_CODE(1) && code != SCARD_CTL_CODE(3500)) {
        return IFD_ERROR_NOT_SUPPORTED;
    }
    RESPONSECODE asked = ask(reader, ESCAPE, command, length, answer, &got, &status);
    if (asked != IFD_SUCCESS) {
        return asked;
    }
    if (status == REFUSED) {
        /* libccid without DRIVER_OPTION_CCID_EXCHANGE_AUTHORIZED; it knows no code 3500 at all. */
        return code == SCARD_CTL_CODE(1) ? IFD_COMMUNICATION_ERROR : IFD_ERROR_NOT_SUPPORTED;
    }
    *answered = got;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun) {
    struct reader *reader = reader_of(lun);
    uint8_t none[1];
    size_t nothing = sizeof none;
    enum status status = ABSENT;
    if (reader == NULL) {
        return IFD_NO_SUCH_DEVICE;
    }
    RESPONSECODE asked = ask(reader, PRESENCE, NULL, 0, none, &nothing, &status);
    if (asked != IFD_SUCCESS) {
        return asked;
    }
    return status == DONE ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}
