// Nothing: the C library is the one of Linux.
#pragma once
