/* Stands before libudev and a few calls of the C library in a private pcscd (LD_PRELOAD), so that its own hotplug code
 * finds the readers of a simulator, loads their driver from the simulator's folder and leaves the machine's alone.
 *
 * It answers only what pcscd asks (hotplug_libudev.c) and changes no file outside ISSUER_RIG, the simulator's folder.
 * Tried with pcscd 1.9.9; no other version has been. The bus is the socket `usb` in it: the word `list` is answered with a line for each device that
 * is plugged in, `watch` with one whenever a device comes or goes:
 *
 *     add|remove SYSNAME BUS ADDRESS DEVNODE
 *
 * When the simulator has gone, however it ended, this pcscd ends too. Start at udev_monitor_new_from_netlink. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE = 256, DEVICES = 64 };

/* A simulator that says nothing for so long has been halted; it has its answers ready. */
enum { PATIENCE_S = 3 };

struct udev {
    int nothing;
};

struct udev_monitor {
    int fd;
};

struct udev_list_entry {
    char line[LINE];
    struct udev_list_entry *next;
};

struct udev_enumerate {
    struct udev_list_entry entries[DEVICES];
    int count;
};

struct udev_device {
    char action[8], sysname[16], bus[8], address[8], node[LINE];
};

static const char *rig(void) {
    const char *folder = getenv("ISSUER_RIG");
    if (folder == NULL) {
        fputs("ISSUER_RIG is not set\n", stderr);
        _exit(1);
    }
    return folder;
}

_Noreturn static void silent(void) {
    fputs("the simulated bus does not answer\n", stderr);
    _exit(1);
}

/* A connection on which `word` has been said. Without a simulator there is nothing to be a pcscd for. */
static int bus(const char *word) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/usb", rig());
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t said = strlen(word);
    struct timeval most = {.tv_sec = PATIENCE_S};
    if (fd < 0 || length >= (int)sizeof address.sun_path
        || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most) != 0
        || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) != 0
        || connect(fd, (struct sockaddr *)&address, sizeof address) != 0
        || send(fd, word, said, MSG_NOSIGNAL) != (ssize_t)said) {
        silent();
    }
    return fd;
}

/* One line without its end; false at the end of all. The simulator writes whole lines, and none that is longer. */
static bool read_line(int fd, char line[LINE]) {
    for (size_t length = 0; length < LINE;) {
        char byte;
        ssize_t count = recv(fd, &byte, 1, 0);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count == 0 || (count < 0 && errno == ECONNRESET)) {
            return false;
        }
        if (count < 0) {
            silent();
        }
        if (byte == '\n') {
            line[length] = '\0';
            return true;
        }
        line[length++] = byte;
    }
    silent();
}

static struct udev_device *parse(const char *line) {
    struct udev_device *device = calloc(1, sizeof *device);
    if (device != NULL
        && sscanf(line, "%7s %15s %7s %7s %255[^\n]", device->action, device->sysname, device->bus, device->address,
                  device->node) != 5) {
        free(device);
        return NULL;
    }
    return device;
}

struct udev *udev_new(void) {
    return calloc(1, sizeof(struct udev));
}

struct udev *udev_unref(struct udev *udev) {
    free(udev);
    return NULL;
}

struct udev_monitor *udev_monitor_new_from_netlink(struct udev *udev, const char *name) {
    (void)udev;
    (void)name;
    struct udev_monitor *monitor = calloc(1, sizeof *monitor);
    if (monitor != NULL) {
        monitor->fd = bus("watch\n");
    }
    return monitor;
}

struct udev_monitor *udev_monitor_unref(struct udev_monitor *monitor) {
    if (monitor != NULL) {
        close(monitor->fd);
        free(monitor);
    }
    return NULL;
}

int udev_monitor_filter_add_match_subsystem_devtype(struct udev_monitor *monitor, const char *subsystem,
                                                    const char *devtype) {
    (void)monitor;
    (void)subsystem;
    (void)devtype;
    return 0;
}

int udev_monitor_enable_receiving(struct udev_monitor *monitor) {
    (void)monitor;
    return 0;
}

int udev_monitor_get_fd(struct udev_monitor *monitor) {
    return monitor->fd;
}

struct udev_device *udev_monitor_receive_device(struct udev_monitor *monitor) {
    char line[LINE];
    if (!read_line(monitor->fd, line)) {
        _exit(0);
    }
    return parse(line);
}

struct udev_enumerate *udev_enumerate_new(struct udev *udev) {
    (void)udev;
    return calloc(1, sizeof(struct udev_enumerate));
}

struct udev_enumerate *udev_enumerate_unref(struct udev_enumerate *enumerate) {
    free(enumerate);
    return NULL;
}

int udev_enumerate_add_match_subsystem(struct udev_enumerate *enumerate, const char *subsystem) {
    (void)enumerate;
    (void)subsystem;
    return 0;
}

int udev_enumerate_scan_devices(struct udev_enumerate *enumerate) {
    int fd = bus("list\n");
    struct udev_list_entry *entries = enumerate->entries;
    int count = 0;
    while (count < DEVICES && read_line(fd, entries[count].line)) {
        if (count > 0) {
            entries[count - 1].next = &entries[count];
        }
        count++;
    }
    enumerate->count = count;
    close(fd);
    return 0;
}

struct udev_list_entry *udev_enumerate_get_list_entry(struct udev_enumerate *enumerate) {
    return enumerate->count > 0 ? &enumerate->entries[0] : NULL;
}

struct udev_list_entry *udev_list_entry_get_next(struct udev_list_entry *entry) {
    return entry->next;
}

const char *udev_list_entry_get_name(struct udev_list_entry *entry) {
    return entry->line;
}

/* What the list calls a device's path says all of it. */
struct udev_device *udev_device_new_from_syspath(struct udev *udev, const char *syspath) {
    (void)udev;
    return parse(syspath);
}

struct udev_device *udev_device_unref(struct udev_device *device) {
    free(device);
    return NULL;
}

/* The interface and the device that it belongs to are one here, and go together. */
struct udev_device *udev_device_get_parent_with_subsystem_devtype(struct udev_device *device, const char *subsystem,
                                                                  const char *devtype) {
    (void)subsystem;
    (void)devtype;
    return device;
}

const char *udev_device_get_action(struct udev_device *device) {
    return device->action;
}

const char *udev_device_get_sysname(struct udev_device *device) {
    return device->sysname;
}

const char *udev_device_get_devnode(struct udev_device *device) {
    return device->node;
}

/* No serial number and no name of the interface, as on an ACR122U: nothing is added to the reader's name. */
const char *udev_device_get_sysattr_value(struct udev_device *device, const char *name) {
    const struct {
        const char *name, *value;
    } attributes[] = {
        {"idVendor", "072f"}, {"idProduct", "2200"},          {"bInterfaceNumber", "00"},
        {"busnum", device->bus}, {"devnum", device->address},
    };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (strcmp(name, attributes[i].name) == 0) {
            return attributes[i].value;
        }
    }
    return NULL;
}

const char *udev_device_get_property_value(struct udev_device *device, const char *name) {
    (void)device;
    (void)name;
    return NULL;
}

/* Where pcscd goes when it means its drivers and its run folder. 1.9.9 calls opendir, fopen, dlopen, open, stat, lstat,
 * mkdir, chmod and remove with a path; the others stand here for builds that call them instead. */
static const char *redirected(const char *path, char into[PATH_MAX]) {
    static const struct {
        const char *from, *to;
    } folders[] = {{"/usr/lib/pcsc/drivers", "drivers"}, {"/run/pcscd", "run"}};
    for (size_t i = 0; path != NULL && i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i].from);
        if (strncmp(path, folders[i].from, length) == 0 && (path[length] == '/' || path[length] == '\0')) {
            snprintf(into, PATH_MAX, "%s/%s%s", rig(), folders[i].to, path + length);
            return into;
        }
    }
    return path;
}

/* The function of that name behind ours. */
#define BEHIND(name) __extension__ __typeof__(&(name)) real = (__typeof__(&(name)))dlsym(RTLD_NEXT, #name)

DIR *opendir(const char *path) {
    char into[PATH_MAX];
    BEHIND(opendir);
    return real(redirected(path, into));
}

FILE *fopen(const char *path, const char *mode) {
    char into[PATH_MAX];
    BEHIND(fopen);
    return real(redirected(path, into), mode);
}

void *dlopen(const char *path, int flags) {
    char into[PATH_MAX];
    BEHIND(dlopen);
    return real(redirected(path, into), flags);
}

int open(const char *path, int flags, ...) {
    char into[PATH_MAX];
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    BEHIND(open);
    return real(redirected(path, into), flags, mode);
}

int stat(const char *restrict path, struct stat *restrict found) {
    char into[PATH_MAX];
    BEHIND(stat);
    return real(redirected(path, into), found);
}

int lstat(const char *restrict path, struct stat *restrict found) {
    char into[PATH_MAX];
    BEHIND(lstat);
    return real(redirected(path, into), found);
}

int access(const char *path, int mode) {
    char into[PATH_MAX];
    BEHIND(access);
    return real(redirected(path, into), mode);
}

int openat(int folder, const char *path, int flags, ...) {
    char into[PATH_MAX];
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    BEHIND(openat);
    return real(folder, redirected(path, into), flags, mode);
}

int unlink(const char *path) {
    char into[PATH_MAX];
    BEHIND(unlink);
    return real(redirected(path, into));
}

int mkdir(const char *path, mode_t mode) {
    char into[PATH_MAX];
    BEHIND(mkdir);
    return real(redirected(path, into), mode);
}

int chmod(const char *path, mode_t mode) {
    char into[PATH_MAX];
    BEHIND(chmod);
    return real(redirected(path, into), mode);
}

int remove(const char *path) {
    char into[PATH_MAX];
    BEHIND(remove);
    return real(redirected(path, into));
}

/* vpcd listens for its card at every address of the machine, and whoever connects is the card. Here it is heard on the
 * machine alone. */
int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t length) {
    struct sockaddr_in here;
    BEHIND(bind);
    if (length == sizeof here) {
        memcpy(&here, address.__sockaddr__, sizeof here);
        if (here.sin_family == AF_INET && here.sin_addr.s_addr == htonl(INADDR_ANY)) {
            here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            return real(fd, (struct sockaddr *)&here, sizeof here);
        }
    }
    return real(fd, address, length);
}
