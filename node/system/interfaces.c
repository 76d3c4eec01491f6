/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/interfaces.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As much as the kernel puts into one datagram of a dump. */
enum { NETLINK_BUFFER_SIZE = 32768 };

static int ask_list(struct interfaces *interfaces)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
	} request = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			  .nlmsg_seq = ++interfaces->sequence },
		.body = { .ifi_family = AF_UNSPEC },
	};

	return send(interfaces->fd, &request, request.head.nlmsg_len, 0) < 0 ? -1 : 0;
}

int interfaces_open(struct interfaces *interfaces, const struct config *config)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
				       .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };

	*interfaces = (struct interfaces){ .config = config };
	interfaces->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (interfaces->fd < 0)
		return -1;
	if (bind(interfaces->fd, (const struct sockaddr *)&address, sizeof address) == 0 && ask_list(interfaces) == 0)
		return 0;
	close(interfaces->fd);
	interfaces->fd = -1;
	return -1;
}

void interfaces_close(struct interfaces *interfaces)
{
	if (interfaces->fd >= 0)
		close(interfaces->fd);
	interfaces->fd = -1;
}

static struct interface *find(struct interfaces *interfaces, unsigned int index)
{
	for (size_t i = 0; i < INTERFACES_MAX; i++) {
		if (interfaces->table[i].index == index)
			return &interfaces->table[i];
	}
	return NULL;
}

static bool is_named(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->interface_count; i++) {
		if (strcmp(config->interfaces[i], name) == 0)
			return true;
	}
	return false;
}

static bool is_usable(const struct config *config, const char *name, unsigned int flags)
{
	if ((flags & IFF_UP) == 0 || (flags & (IFF_MULTICAST | IFF_BROADCAST)) == 0)
		return false;
	if (config->interface_count > 0)
		return is_named(config, name);
	return (flags & IFF_LOOPBACK) == 0;
}

static const char *name_of(const struct nlmsghdr *head)
{
	const uint8_t *bytes = (const uint8_t *)head;
	size_t at = NLMSG_SPACE(sizeof(struct ifinfomsg));

	while (at + sizeof(struct rtattr) <= head->nlmsg_len) {
		const struct rtattr *attribute = (const struct rtattr *)(const void *)(bytes + at);
		const char *text = (const char *)(bytes + at + RTA_LENGTH(0));

		if (attribute->rta_len < RTA_LENGTH(0) || attribute->rta_len > head->nlmsg_len - at)
			break;
		if (attribute->rta_type == IFLA_IFNAME && memchr(text, '\0', RTA_PAYLOAD(attribute)) != NULL)
			return text;
		at += RTA_ALIGN((size_t)attribute->rta_len);
	}
	return "";
}

static enum interfaces_news take_link(struct interfaces *interfaces, const struct nlmsghdr *head)
{
	const struct ifinfomsg *body = NLMSG_DATA(head);
	struct interface *known;
	bool usable, running;

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof *body) || body->ifi_index <= 0)
		return INTERFACES_SAME;
	known = find(interfaces, (unsigned int)body->ifi_index);
	usable = head->nlmsg_type == RTM_NEWLINK && is_usable(interfaces->config, name_of(head), body->ifi_flags);
	running = usable && (body->ifi_flags & IFF_RUNNING) != 0;
	if (!usable) {
		if (known == NULL)
			return INTERFACES_SAME;
		*known = (struct interface){ .index = 0 };
		return INTERFACES_LOST;
	}
	if (known == NULL) {
		known = find(interfaces, 0);
		if (known == NULL)
			return INTERFACES_SAME; /* more than INTERFACES_MAX: the first ones serve */
		*known = (struct interface){ .index = (unsigned int)body->ifi_index, .running = running };
		return INTERFACES_NEW;
	}
	if (known->running == running)
		return INTERFACES_SAME;
	known->running = running;
	return running ? INTERFACES_NEW : INTERFACES_LOST;
}

/* From now on sending works: of IPv6, duplicate detection has ended. */
static enum interfaces_news take_address(struct interfaces *interfaces, const struct nlmsghdr *head)
{
	const struct ifaddrmsg *body = NLMSG_DATA(head);

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof *body) || body->ifa_index == 0)
		return INTERFACES_SAME;
	if (body->ifa_family == AF_INET6 &&
	    (body->ifa_scope != RT_SCOPE_LINK || (body->ifa_flags & IFA_F_TENTATIVE) != 0))
		return INTERFACES_SAME;
	return find(interfaces, body->ifa_index) != NULL ? INTERFACES_NEW : INTERFACES_SAME;
}

static enum interfaces_news take_message(struct interfaces *interfaces, const struct nlmsghdr *head)
{
	switch (head->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return take_link(interfaces, head);
	case RTM_NEWADDR:
		return take_address(interfaces, head);
	default: /* the kernel's numbers: others are none of ours */
		return INTERFACES_SAME;
	}
}

enum interfaces_news interfaces_read(struct interfaces *interfaces)
{
	_Alignas(struct nlmsghdr) uint8_t buffer[NETLINK_BUFFER_SIZE];
	enum interfaces_news news = INTERFACES_SAME;
	ssize_t size;

	for (;;) {
		struct sockaddr_nl from = { .nl_family = AF_NETLINK };
		socklen_t from_size = sizeof from;
		const struct nlmsghdr *head = (const struct nlmsghdr *)(const void *)buffer;

		size = recvfrom(interfaces->fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &from_size);
		if (size < 0 && errno == ENOBUFS && ask_list(interfaces) == 0)
			continue;
		if (size < 0)
			return news;
		if (from.nl_pid != 0) /* only the kernel's word counts */
			continue;
		for (unsigned int left = (unsigned int)size; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
			enum interfaces_news one = take_message(interfaces, head);

			news = one > news ? one : news;
		}
	}
}

static struct in_addr v4_of(const struct sockaddr *address)
{
	struct sockaddr_in v4;

	memcpy(&v4, address, sizeof v4);
	return v4.sin_addr;
}

static bool is_at(const struct ifaddrs *one, const struct sockaddr *address)
{
	struct sockaddr_in6 own, wanted;

	if (one->ifa_addr == NULL || one->ifa_addr->sa_family != address->sa_family)
		return false;
	if (address->sa_family == AF_INET)
		return v4_of(one->ifa_addr).s_addr == v4_of(address).s_addr;
	memcpy(&own, one->ifa_addr, sizeof own);
	memcpy(&wanted, address, sizeof wanted);
	return memcmp(&own.sin6_addr, &wanted.sin6_addr, sizeof own.sin6_addr) == 0;
}

bool interfaces_have(const struct sockaddr *address)
{
	struct ifaddrs *list = NULL;
	bool found = false;

	if (getifaddrs(&list) != 0)
		return true; /* who cannot know dials nobody for it */
	for (const struct ifaddrs *one = list; one != NULL && !found; one = one->ifa_next)
		found = is_at(one, address);
	freeifaddrs(list);
	return found;
}

static bool has_broadcast(const struct ifaddrs *one)
{
	return one->ifa_addr != NULL && one->ifa_addr->sa_family == AF_INET && one->ifa_netmask != NULL &&
	       (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_BROADCAST) != 0 && one->ifa_broadaddr != NULL;
}

size_t interfaces_networks(const struct interfaces *interfaces, struct network networks[NETWORKS_MAX])
{
	struct ifaddrs *list = NULL;
	size_t count = 0;

	if (getifaddrs(&list) != 0)
		return 0;
	for (const struct ifaddrs *one = list; one != NULL && count < NETWORKS_MAX; one = one->ifa_next) {
		unsigned int index = has_broadcast(one) ? if_nametoindex(one->ifa_name) : 0;

		if (index == 0 || !interfaces_follow(interfaces, index))
			continue;
		networks[count++] = (struct network){ .index = index,
						      .own = v4_of(one->ifa_addr),
						      .mask = v4_of(one->ifa_netmask),
						      .broadcast = v4_of(one->ifa_broadaddr) };
	}
	freeifaddrs(list);
	return count;
}

bool interfaces_follow(const struct interfaces *interfaces, unsigned int index)
{
	for (size_t i = 0; i < INTERFACES_MAX; i++)
		if (index != 0 && interfaces->table[i].index == index)
			return true;
	return false;
}
