// In place of the header that the whole build makes: no plugin is loaded here, each is linked in,
// with a door and a tag of its own name.
#pragma once

#define TUNEVAL_API_VERSION 1
#define TUNEVAL_VERSION "fuzz"
#ifndef TUNEVAL_ABI_TAG
#define TUNEVAL_ABI_TAG tuneval_abi_of_no_plugin
#endif
#define TUNEVAL_ABI_TAG_STRING "linked in"
