// Package hal holds the few words every device driver of the box shares: who a
// device is (Info), whether it is there (Status), how fit it is (Health), and
// what Close promises (Device).
//
// It follows no wire specification; the drivers in the folders below do. It
// does not find, open or own a device, knows nothing of selling, and starts no
// goroutine. There is no registry: firmware/box lists its drivers explicitly.
package hal
